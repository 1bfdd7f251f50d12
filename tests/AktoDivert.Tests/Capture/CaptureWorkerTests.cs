using AktoDivert.Capture;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Policy;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.Tests.Capture;

[TestClass]
public sealed class CaptureWorkerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly AgentCounters _counters = new();
    private readonly ExchangeRing _ring;
    private readonly RecordOutbox _outbox = new(2, 1 << 20);
    private readonly RecordFeed _feed = new(TimeProvider.System);
    private readonly Watch _guard = new();

    public CaptureWorkerTests() => _ring = new ExchangeRing(new CaptureOptions(), _counters);

    public required TestContext TestContext { get; init; }

    public void Dispose()
    {
        _outbox.Dispose();
        _ring.Dispose();
    }

    [TestMethod]
    public async Task Exchanges_become_records_and_are_released()
    {
        using var worker = Worker(_outbox);
        await worker.StartAsync(TestContext.CancellationToken);
        var released = new TaskCompletionSource();
        var whole = new Exchange(_ => released.TrySetResult()) { Facts = Exchanges.Post().Facts };
        whole.RequestBody.Append(new byte[100_000]);
        _ring.Complete(whole);
        await released.Task.WaitAsync(Patience, TestContext.CancellationToken);
        Assert.AreEqual((1, 1L), (_outbox.Count, _counters["capture.recorded"]));
        await worker.StopAsync(TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task A_path_rule_keeps_an_exchange_out()
    {
        using var worker = Worker(_outbox);
        await worker.ProcessAsync(Exchanges.Post("/api/event_logging/v2/batch"), TestContext.CancellationToken);
        Assert.AreEqual((0, 1L), (_outbox.Count, _counters["capture.skipped.path-rule"]));
    }

    [TestMethod]
    public async Task What_waits_at_the_stop_is_still_recorded_more_than_there_is_room_for()
    {
        using var worker = Worker(_outbox);
        for (var i = 0; i < 5; i++)
        {
            _ring.Complete(Exchanges.Post());
        }

        await worker.StartAsync(TestContext.CancellationToken);
        await worker.StopAsync(TestContext.CancellationToken);
        Assert.AreEqual((5, 0), (_outbox.Count, _ring.Count));
    }

    [TestMethod]
    public async Task Records_are_made_as_fast_as_the_uploader_takes_them()
    {
        using var worker = Worker(_outbox);
        await worker.StartAsync(TestContext.CancellationToken);
        for (var i = 0; i < 5; i++)
        {
            Complete();
        }

        List<SerializedRecord> taken = [];
        for (var made = 2; made <= 5; made++)
        {
            // Room for two: with one taken, one more is made.
            await UntilAsync(() => _counters["capture.recorded"] == made);
            Assert.AreEqual((2, 5 - made), (_outbox.Count, _ring.Count));
            _outbox.Take(taken, 1, long.MaxValue);
            taken[0].Release();
        }

        await worker.StopAsync(TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Without_a_reader_calls_wait_as_they_passed_until_somebody_looks_on()
    {
        using var worker = Worker(outbox: null);
        await worker.StartAsync(TestContext.CancellationToken);
        Complete("/earlier");
        using var view = _feed.Subscribe();
        await UntilAsync(() => _ring.Count == 0);
        Complete("/now");
        Assert.AreEqual("/now", (await view.Records.ReadAsync(TestContext.CancellationToken)).Path);
        Assert.AreEqual(1, _counters["capture.recorded"], "no record of what ended before anybody looked");
        await worker.StopAsync(TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Who_looks_on_later_may_see_what_waits()
    {
        using var worker = Worker(outbox: null);
        await worker.StartAsync(TestContext.CancellationToken);
        Complete("/earlier");
        using var view = _feed.Subscribe(recent: true);
        Assert.AreEqual("/earlier", (await view.Records.ReadAsync(TestContext.CancellationToken)).Path);
        await worker.StopAsync(TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Calls_that_nobody_reads_do_not_wait_for_ever()
    {
        using var worker = Worker(outbox: null, TimeSpan.FromMilliseconds(50));
        await worker.StartAsync(TestContext.CancellationToken);
        Complete();
        await UntilAsync(() => _counters["capture.dropped.unread"] == 1);
        Assert.AreEqual(0, _ring.Count);
        await worker.StopAsync(TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Calls_that_nobody_reads_stay_where_they_are_at_the_stop()
    {
        using var worker = Worker(outbox: null);
        Complete();
        await worker.StartAsync(TestContext.CancellationToken);
        await worker.StopAsync(TestContext.CancellationToken);
        Assert.AreEqual((1, 0L), (_ring.Count, _counters["capture.recorded"]));
    }

    [TestMethod]
    public async Task A_policy_judges_calls_that_nobody_reads()
    {
        using var worker = Worker(outbox: null);
        await worker.StartAsync(TestContext.CancellationToken);
        Complete();
        Assert.AreEqual(0, _guard.Asked);
        _guard.Begin();
        await UntilAsync(() => _guard.Asked == 1 && _ring.Count == 0);
        await worker.StopAsync(TestContext.CancellationToken);
        Assert.AreEqual(0, _counters["capture.recorded"]);
    }

    private CaptureWorker Worker(RecordOutbox? outbox, TimeSpan? unreadAge = null)
    {
        var patterns = new ProxyPattern[] { new() { Pattern = "https://api.anthropic.com/api/event_logging/*", Intercept = false } };
        var policy = new PolicyProvider(
            PolicySnapshot.Compile(new PolicySettings { Patterns = patterns, AiDomains = ["anthropic.com"] }, out _), new LearnedPassthroughTable(TimeProvider.System));
        return new CaptureWorker(
            _ring, _feed, policy, _guard, Exchanges.Device, new CaptureOptions(), _counters, TimeProvider.System, NullLogger<CaptureWorker>.Instance, outbox)
        {
            UnreadAge = unreadAge ?? TimeSpan.FromMinutes(5),
        };
    }

    // A call that ends now.
    private void Complete(string path = "/v1/messages")
    {
        var exchange = Exchanges.Post(path);
        exchange.EndTimestamp = TimeProvider.System.GetTimestamp();
        _ring.Complete(exchange);
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        limit.CancelAfter(Patience);
        while (!condition())
        {
            await Task.Delay(1, limit.Token);
        }
    }

    private sealed class Watch : IGuard
    {
        public int Asked { get; private set; }

        public bool IsWatching { get; private set; }

        public event Action? WatchBegan;

        public void Begin()
        {
            IsWatching = true;
            WatchBegan?.Invoke();
        }

        public GuardInterest InterestIn(Flow flow)
        {
            Asked++;
            return GuardInterest.None;
        }

        public IExchangeGuard? Begin(Flow flow, ExchangeProtocol protocol, long streamId, HeaderBlock request) => null;
    }
}
