using System.Net;
using System.Net.Sockets;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Policy;
using AktoDivert.Proxy.Direct;
using AktoDivert.Proxy.Intercept;
using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Proxy.Intercept.Interop;
using AktoDivert.Proxy.Relay;
using AktoDivert.Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Proxy;

/// <summary>
/// The local transparent proxy: listens where the redirect engine wants it for what the engine brings, and carries each connection through the
/// pipeline. Its heartbeat connects to its own listeners and beats the engine only when they answer and the sockets are served.
/// </summary>
public sealed class TransparentProxy : IAsyncDisposable
{
    private const int Backlog = 4096;

    private readonly ProxyOptions _options;
    private readonly IFlowRedirector _redirector;
    private readonly AgentCounters _counters;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DirectDestinations? _direct;
    private readonly TransparentProxyPipeline _pipeline;
    private readonly ListenerProbe _probe;
    private readonly List<Socket> _listeners = [];
    private readonly List<Task> _loops = [];
    private readonly CancellationTokenSource _accepting = new();
    private readonly CancellationTokenSource _connections = new();
    private int _active;

    /// <summary>Makes a proxy; nothing listens before <see cref="StartAsync"/>.</summary>
    /// <param name="options">Limits and settings.</param>
    /// <param name="redirector">Resolves accepted connections to flows, and takes the beats.</param>
    /// <param name="policy">Decides flows, and learns which pairs pass through.</param>
    /// <param name="leaves">Certificates shown to apps.</param>
    /// <param name="sink">Takes finished exchanges.</param>
    /// <param name="guard">Judges exchanges.</param>
    /// <param name="observer">Sees each flow classified once and ended once.</param>
    /// <param name="counters">Counts decisions, fallbacks, refusals and faults.</param>
    /// <param name="time">The clock of all limits.</param>
    /// <param name="loggers">Makes the logger; event ids are 2000 to 2999.</param>
    public TransparentProxy(
        ProxyOptions options,
        IFlowRedirector redirector,
        PolicyProvider policy,
        ILeafCertificateSource leaves,
        IExchangeSink sink,
        IGuard guard,
        IFlowObserver observer,
        AgentCounters counters,
        TimeProvider time,
        ILoggerFactory loggers)
        : this(
            options,
            redirector,
            policy,
            leaves,
            new ConnectionTapFactory(sink, counters, time, options.CaptureLimits),
            guard,
            observer,
            counters,
            time,
            loggers)
    {
    }

    internal TransparentProxy(
        ProxyOptions options,
        IFlowRedirector redirector,
        PolicyProvider policy,
        ILeafCertificateSource leaves,
        IConnectionTapFactory taps,
        IGuard guard,
        IFlowObserver observer,
        AgentCounters counters,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        _options = options;
        _redirector = redirector;
        _counters = counters;
        _time = time;
        _logger = loggers.CreateLogger<TransparentProxy>();
        var dialer = new UpstreamDialer(options, UpstreamPorts.For(redirector.Placement, time), time);
        _direct = options.DirectDestinations ? new(redirector, policy, observer, counters, time, _logger) : null;
        _pipeline = new(options, dialer, redirector, policy, leaves, taps, guard, observer, _direct, counters, time, _logger);
        _probe = new(time);
    }

    /// <summary>Connections running now.</summary>
    public int ActiveConnections => Volatile.Read(ref _active);

    /// <summary>Takes what the redirect engine tells of connections that go direct, for <see cref="RedirectTarget"/>; null when none shall.</summary>
    public IDirectFlowObserver? DirectFlows => _direct;

    /// <summary>Port of the IPv4 listener once started.</summary>
    public int PortV4 { get; private set; }

    /// <summary>Port of the IPv6 listener once started; 0 when the machine has no IPv6 loopback.</summary>
    public int PortV6 { get; private set; }

    /// <summary>Binds the listeners and starts to accept.</summary>
    /// <returns>The two ports, for <see cref="RedirectTarget"/>; the second is 0 when the machine has no IPv6 loopback.</returns>
    /// <exception cref="SocketException">The IPv4 listener could not be bound, such as when a configured port is in use.</exception>
    public ValueTask<(int PortV4, int PortV6)> StartAsync()
    {
        TlsBuffers.ReleaseWhileIdle();
        var any = _redirector.Placement.AnyAddress;
        var (v4, v6) = any ? (IPAddress.Any, IPAddress.IPv6Any) : (IPAddress.Loopback, IPAddress.IPv6Loopback);
        PortV4 = Listen(new(v4, _options.PortV4));
        try
        {
            PortV6 = Listen(new(v6, _options.PortV6));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            PortV6 = 0;
        }

        foreach (var listener in _listeners)
        {
            _loops.Add(AcceptAsync(listener));
        }

        _loops.Add(HeartbeatAsync());
        _logger.Listening(v4, PortV4, v6, PortV6);
        return ValueTask.FromResult((PortV4, PortV6));
    }

    /// <summary>
    /// Stops: accepts no more, lets connections finish for <see cref="ProxyOptions.StopGrace"/>, then resets those that are left.
    /// The redirect engine must have been stopped before, or new connections of apps are refused.
    /// </summary>
    public async Task StopAsync()
    {
        await _accepting.CancelAsync();
        foreach (var listener in _listeners)
        {
            listener.Dispose();
        }

        await Task.WhenAll(_loops);
        await WaitForConnectionsAsync(_options.StopGrace);
        await _connections.CancelAsync();
        await WaitForConnectionsAsync(TimeSpan.FromSeconds(5));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _direct?.Dispose();
        _accepting.Dispose();
        _connections.Dispose();
    }

    private int Listen(IPEndPoint address)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(address);
            listener.Listen(Backlog);
        }
        catch (SocketException)
        {
            listener.Dispose();
            throw;
        }

        _listeners.Add(listener);
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (!_accepting.IsCancellationRequested)
        {
            try
            {
                var app = await listener.AcceptAsync(_accepting.Token);

                // Away from the loop: resolving, minting and handshakes take their time on other threads.
                ThreadPool.UnsafeQueueUserWorkItem(
                    static (work) => _ = work.Proxy.RunAsync(work.App), (Proxy: this, App: app), preferLocal: false);
            }
            catch (SocketException e) when (!_accepting.IsCancellationRequested)
            {
                // Out of descriptors, or the peer was gone before it was accepted. A pause keeps a lasting shortage from spinning.
                _counters.Add("proxy.accept.failed");
                _logger.AcceptFailed(e.SocketErrorCode);
                await Task.Delay(TimeSpan.FromMilliseconds(50), _time, CancellationToken.None);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task RunAsync(Socket accepted)
    {
        if (_probe.Claims(RemoteEndPointOf(accepted)))
        {
            accepted.Reset();
            return;
        }

        StreamSocket app;
        try
        {
            app = StreamSocket.Over(accepted);
        }
        catch (SocketException e)
        {
            // The system has no room to watch it.
            _counters.Add("proxy.accept.failed");
            _logger.AcceptFailed(e.SocketErrorCode);
            accepted.Reset();
            return;
        }

        var mayIntercept = Interlocked.Increment(ref _active) <= _options.MaxConnections;
        if (!mayIntercept)
        {
            _counters.Add("proxy.passthrough.connection-limit");
        }

        try
        {
            await _pipeline.RunAsync(app, mayIntercept, _connections.Token);
        }
        finally
        {
            Interlocked.Decrement(ref _active);
        }
    }

    private static IPEndPoint ReachableAt(Socket listener)
    {
        var bound = (IPEndPoint)listener.LocalEndPoint!;
        return bound.Address.Equals(IPAddress.Any) ? new(IPAddress.Loopback, bound.Port)
            : bound.Address.Equals(IPAddress.IPv6Any) ? new(IPAddress.IPv6Loopback, bound.Port)
            : bound;
    }

    private static EndPoint? RemoteEndPointOf(Socket app)
    {
        try
        {
            return app.RemoteEndPoint;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private async Task HeartbeatAsync()
    {
        using var timer = new PeriodicTimer(_options.HeartbeatInterval, _time);
        try
        {
            do
            {
                var answers = await Task.WhenAll(_listeners.Select(
                    listener => _probe.RunAsync(ReachableAt(listener), _options.HeartbeatInterval, _accepting.Token)));
                if (answers.All(answered => answered) && !StreamSocket.AreHung)
                {
                    _redirector.Beat();
                }
                else if (!_accepting.IsCancellationRequested)
                {
                    _counters.Add("proxy.heartbeat.missed");
                    _logger.ProbeFailed();
                }
            }
            while (await timer.WaitForNextTickAsync(_accepting.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The proxy stops.
        }
    }

    private async Task WaitForConnectionsAsync(TimeSpan limit)
    {
        var start = _time.GetTimestamp();
        while (ActiveConnections > 0 && _time.GetElapsedTime(start) < limit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), _time, CancellationToken.None);
        }
    }
}
