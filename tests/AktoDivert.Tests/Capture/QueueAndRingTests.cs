using AktoDivert.Capture;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Tests.Capture;

[TestClass]
public sealed class QueueAndRingTests
{
    private readonly AgentCounters _counters = new();

    [TestMethod]
    public void A_full_queue_drops_and_releases_the_oldest()
    {
        var released = new List<long>();
        using var queue = new CaptureQueue(new CaptureOptions { QueueExchanges = 2 }, _counters);
        for (var i = 1; i <= 5; i++)
        {
            var exchange = Exchanges.Empty(ExchangeProtocol.Http11, e => released.Add(e.Started.Ticks));
            exchange.Started = new DateTimeOffset(i, TimeSpan.Zero);
            queue.Complete(exchange);
        }

        CollectionAssert.AreEqual(new long[] { 1, 2, 3 }, released);
        Assert.AreEqual((2, 3), (queue.Count, (int)_counters["capture.dropped.handover-full"]));
        Assert.IsTrue(queue.TryTake(out var next));
        Assert.AreEqual(4, next.Started.Ticks);
    }

    [TestMethod]
    public void A_queue_is_bounded_by_bytes()
    {
        using var queue = new CaptureQueue(new CaptureOptions { QueueBytes = 1 << 20 }, _counters);
        for (var i = 0; i < 10; i++)
        {
            queue.Complete(Exchanges.Post(body: new string('x', 300_000)));
        }

        Assert.AreEqual((3, 7), (queue.Count, (int)_counters["capture.dropped.handover-full"]));
    }

    [TestMethod]
    public void Producers_on_many_threads_lose_nothing_uncounted()
    {
        var released = 0;
        using var queue = new CaptureQueue(new CaptureOptions { QueueExchanges = 50 }, _counters);
        Parallel.For(0, 2000, _ => queue.Complete(Exchanges.Empty(ExchangeProtocol.Http11, _ => Interlocked.Increment(ref released))));
        Assert.AreEqual(2000, released + queue.Count);
        Assert.AreEqual(released, _counters["capture.dropped.handover-full"]);
    }

    [TestMethod]
    public void A_full_ring_drops_the_oldest_by_count_and_by_bytes()
    {
        using var ring = new ExchangeRing(new CaptureOptions { RingRecords = 3, RingBytes = 100 }, _counters);
        for (byte i = 1; i <= 5; i++)
        {
            ring.Add([i]);
        }

        Assert.AreEqual((3, 3L), (ring.Count, ring.Bytes));
        Assert.AreEqual(2, _counters["capture.dropped.ring-full"]);
        ring.Add(new byte[99]);
        Assert.AreEqual((2, 100L), (ring.Count, ring.Bytes));
        Assert.AreEqual(4, _counters["capture.dropped.ring-full"]);
        Assert.AreEqual(5, ring.Take(1, 1000)[0].Json.Span[0]);
    }

    [TestMethod]
    public void A_batch_is_bounded_by_count_and_bytes_and_never_empty()
    {
        using var ring = new ExchangeRing(new CaptureOptions(), _counters);
        foreach (var size in new[] { 50, 10, 10, 10 })
        {
            ring.Add(new byte[size]);
        }

        Assert.HasCount(1, ring.Take(10, 20));
        Assert.HasCount(2, ring.Take(10, 20));
        Assert.HasCount(1, ring.Take(10, 20));
        Assert.IsEmpty(ring.Take(10, 20));
        Assert.AreEqual(0, ring.Bytes);
    }

    [TestMethod]
    public void A_slow_view_loses_its_oldest_records()
    {
        var feed = new RecordFeed();
        using var view = feed.Subscribe(capacity: 2);
        var record = Exchanges.Record(Exchanges.Post());
        for (var i = 0; i < 5; i++)
        {
            feed.Publish(record with { Path = $"/{i}" });
        }

        Assert.AreEqual(3, view.Dropped);
        Assert.IsTrue(view.Records.TryRead(out var next));
        Assert.AreEqual("/3", next.Path);
    }

    [TestMethod]
    public void Options_out_of_range_are_all_reported()
    {
        var errors = new CaptureOptions { BodyLimit = 1, RingRecords = 0 }.Validate();
        Assert.HasCount(2, errors);
        Assert.AreEqual("RingRecords is 0: give a number from 1 to 1000000.", errors[0]);
        Assert.IsEmpty(new CaptureOptions().Validate());
    }
}
