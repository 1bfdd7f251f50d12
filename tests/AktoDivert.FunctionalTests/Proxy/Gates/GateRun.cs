using System.Threading.Channels;
using AktoDivert.Core.Exchanges;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.FunctionalTests.Proxy.Gates;

/// <summary>A gated proxy between .NET's client and Kestrel.</summary>
internal sealed class GateRun : IAsyncDisposable, IExchangeSink
{
    private readonly Channel<Exchange> _exchanges = Channel.CreateBounded<Exchange>(10_000);

    private GateRun(GateUpstream upstream, MarkerGuard guard) => (Upstream, Guard) = (upstream, guard);

    /// <summary>Limits that a busy machine does not reach.</summary>
    public static GateOptions Patient { get; } = new()
    {
        HoldLimit = TimeSpan.FromMinutes(1), JudgeLimit = TimeSpan.FromMinutes(1), ReleaseAfter = TimeSpan.FromSeconds(10), CloseLimit = TimeSpan.FromSeconds(20),
    };

    public GateUpstream Upstream { get; }

    public MarkerGuard Guard { get; }

    public ProxyUnderTest Proxy { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public static async Task<GateRun> StartAsync(string version, MarkerGuard? guard = null, GateOptions? gate = null, Action<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>? kestrel = null)
    {
        var run = new GateRun(await GateUpstream.StartAsync(kestrel), guard ?? new MarkerGuard());
        run.Proxy = await ProxyUnderTest.StartAsync(run.Upstream.EndPoint, o => o with { Gate = gate ?? Patient }, run, run.Guard);
        run.Client = run.Proxy.HttpClient(System.Version.Parse(version));
        run.Client.Timeout = ProxyUnderTest.Patience;
        return run;
    }

    public async Task<Exchange> NextExchangeAsync()
    {
        using var timeout = new CancellationTokenSource(ProxyUnderTest.Patience);
        return await _exchanges.Reader.ReadAsync(timeout.Token);
    }

    public async Task AssertUsableAsync()
    {
        using var response = await Client.PostAsync("/echo", new StringContent("still there"));
        Assert.AreEqual("still there", await response.Content.ReadAsStringAsync());
    }

    // Kept for the test: a pooled exchange that is never released is left to the collector.
    public void Complete(Exchange exchange) => _exchanges.Writer.TryWrite(exchange);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Proxy.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
