using AktoDivert.Capture;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Policy;
using AktoDivert.Guardrails;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.Tests.Capture;

[TestClass]
public sealed class CaptureWorkerTests : IDisposable
{
    private readonly AgentCounters _counters = new();
    private readonly CaptureQueue _queue;
    private readonly ExchangeRing _ring;
    private readonly CaptureWorker _worker;

    public CaptureWorkerTests()
    {
        var options = new CaptureOptions();
        _queue = new CaptureQueue(options, _counters);
        _ring = new ExchangeRing(options, _counters);
        var patterns = new ProxyPattern[] { new() { Pattern = "https://api.anthropic.com/api/event_logging/*", Intercept = false } };
        var policy = new PolicyProvider(
            PolicySnapshot.Compile(new PolicySettings { Patterns = patterns, AiDomains = ["anthropic.com"] }, out _), new LearnedPassthroughTable(TimeProvider.System));
        _worker = new CaptureWorker(_queue, _ring, new RecordFeed(), policy, new AllowAllGuard(), Exchanges.Device, options, _counters, TimeProvider.System, NullLogger<CaptureWorker>.Instance);
    }

    public required TestContext TestContext { get; init; }

    public void Dispose()
    {
        _worker.Dispose();
        _ring.Dispose();
        _queue.Dispose();
    }

    [TestMethod]
    public async Task Exchanges_become_records_and_are_released()
    {
        var released = new TaskCompletionSource();
        await _worker.StartAsync(TestContext.CancellationToken);
        var exchange = Exchanges.Empty(ExchangeProtocol.Http11, _ => released.TrySetResult());
        Exchanges.Add(exchange.RequestHeaders, (":path", "/v1/messages"));
        _queue.Complete(exchange);
        await released.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.CancellationToken);
        Assert.AreEqual((1, 1L), (_ring.Count, _counters["capture.recorded"]));
        await _worker.StopAsync(TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task A_path_rule_keeps_an_exchange_out()
    {
        await _worker.ProcessAsync(Exchanges.Post("/api/event_logging/v2/batch"), TestContext.CancellationToken);
        Assert.AreEqual((0, 1L), (_ring.Count, _counters["capture.skipped.path-rule"]));
    }

    [TestMethod]
    public async Task What_waits_at_the_stop_is_still_recorded()
    {
        _queue.Complete(Exchanges.Post());
        await _worker.StartAsync(TestContext.CancellationToken);
        await _worker.StopAsync(TestContext.CancellationToken);
        Assert.AreEqual((1, 0), (_ring.Count, _queue.Count));
    }
}
