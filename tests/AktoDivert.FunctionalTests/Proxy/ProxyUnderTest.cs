using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Policy;
using AktoDivert.Guardrails;
using AktoDivert.Proxy;
using AktoDivert.Proxy.Relay;
using AktoDivert.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.FunctionalTests.Proxy;

/// <summary>A running proxy in front of one upstream, with everything it told to the outside. <c>ai.test</c> is an AI domain.</summary>
internal sealed class ProxyUnderTest : IAsyncDisposable, IFlowObserver, IConnectionTapFactory
{
    public const string Host = "api.ai.test";
    public const string Process = "test-app";
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<Flow> _classified = Channel.CreateBounded<Flow>(10_000);
    private readonly Channel<Flow> _ended = Channel.CreateBounded<Flow>(10_000);
    private readonly TransparentProxy _proxy;

    private ProxyUnderTest(IPEndPoint destination, Func<ProxyOptions, ProxyOptions>? configure, IExchangeSink? sink, IGuard? guard)
    {
        Redirector = new(destination, Process);
        Policy = new(Snapshot(new PolicySettings { AiDomains = ["ai.test"] }), new LearnedPassthroughTable(TimeProvider.System));
        var options = new ProxyOptions { ExtraRoots = [UpstreamAuthority.Root], StopGrace = TimeSpan.FromMilliseconds(100) };
        options = configure?.Invoke(options) ?? options;
        var leaves = new TestLeaves(DeviceAuthority);
        var (time, loggers) = (TimeProvider.System, NullLoggerFactory.Instance);
        _proxy = sink is null
            ? new(options, Redirector, Policy, leaves, this, guard ?? new AllowAllGuard(), this, Counters, time, loggers)
            : new(options, Redirector, Policy, leaves, sink, guard ?? new AllowAllGuard(), this, Counters, time, loggers);
    }

    /// <summary>The authority of servers, trusted by the proxy (and by browsers, so to speak).</summary>
    public static TestCertificates UpstreamAuthority { get; } = new("Servers");

    /// <summary>The authority of the proxy, trusted by apps.</summary>
    public static TestCertificates DeviceAuthority { get; } = new("Device");

    public LoopbackRedirector Redirector { get; }

    public PolicyProvider Policy { get; }

    public AgentCounters Counters { get; } = new();

    public ConcurrentQueue<RecordingTap> Taps { get; } = new();

    /// <summary>Called inside each tap as bytes pass.</summary>
    public Action<RelayDirection>? OnFeed { get; set; }

    public IPEndPoint EndPoint => new(IPAddress.Loopback, _proxy.PortV4);

    public IPEndPoint EndPointV6 => new(IPAddress.IPv6Loopback, _proxy.PortV6);

    public static async Task<ProxyUnderTest> StartAsync(IPEndPoint destination, Func<ProxyOptions, ProxyOptions>? configure = null, IExchangeSink? sink = null, IGuard? guard = null)
    {
        var proxy = new ProxyUnderTest(destination, configure, sink, guard);
        await proxy._proxy.StartAsync();
        return proxy;
    }

    public static PolicySnapshot Snapshot(PolicySettings settings)
    {
        var snapshot = PolicySnapshot.Compile(settings, out var errors);
        Assert.IsEmpty(errors);
        return snapshot;
    }

    /// <summary>Connects as the app's TCP does.</summary>
    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(EndPoint);
        return socket;
    }

    /// <summary>Connects and handshakes as an app does that trusts both authorities.</summary>
    public async Task<SslStream> ConnectTlsAsync(string host = Host, params SslApplicationProtocol[] alpn)
    {
        var tls = new SslStream(new NetworkStream(await ConnectAsync(), ownsSocket: true));
        await tls.AuthenticateAsClientAsync(ClientOptions(host, alpn));
        return tls;
    }

    public static SslClientAuthenticationOptions ClientOptions(string host, params SslApplicationProtocol[] alpn) => new()
    {
        TargetHost = host,
        ApplicationProtocols = alpn.Length == 0 ? null : [.. alpn],
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { UpstreamAuthority.Root, DeviceAuthority.Root },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
    };

    /// <summary>An HTTP client whose connections all go to the proxy.</summary>
    public HttpClient HttpClient(Version version) => new(Handler())
    {
        BaseAddress = new($"https://{Host}"),
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>A handler whose connections all go to the proxy.</summary>
    public SocketsHttpHandler Handler() => new()
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(EndPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
        SslOptions = ClientOptions(Host),
        EnableMultipleHttp2Connections = false,
    };

    public Task<Flow> NextClassifiedAsync() => NextAsync(_classified);

    public Task<Flow> NextEndedAsync() => NextAsync(_ended);

    public void Classified(Flow flow) => _classified.Writer.TryWrite(flow);

    public void Ended(Flow flow) => _ended.Writer.TryWrite(flow);

    public IConnectionTap Create(Flow flow)
    {
        var tap = new RecordingTap(flow, direction => OnFeed?.Invoke(direction));
        Taps.Enqueue(tap);
        return tap;
    }

    public Task StopAsync() => _proxy.StopAsync();

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    private static async Task<Flow> NextAsync(Channel<Flow> flows)
    {
        using var timeout = new CancellationTokenSource(Patience);
        return await flows.Reader.ReadAsync(timeout.Token);
    }
}
