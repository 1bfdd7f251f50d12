using System.Text.Json;
using AktoDivert.Capture;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Wire;

namespace AktoDivert.Tests.Capture;

[TestClass]
public sealed class RingAndOutboxTests
{
    private readonly AgentCounters _counters = new();

    [TestMethod]
    public void A_full_ring_drops_and_releases_the_oldest()
    {
        var released = new List<long>();
        using var ring = new ExchangeRing(new CaptureOptions { RingRecords = 2 }, _counters);
        for (var i = 1; i <= 5; i++)
        {
            var exchange = Exchanges.Empty(ExchangeProtocol.Http11, e => released.Add(e.Started.Ticks));
            exchange.Started = new DateTimeOffset(i, TimeSpan.Zero);
            ring.Complete(exchange);
        }

        CollectionAssert.AreEqual(new long[] { 1, 2, 3 }, released);
        Assert.AreEqual((2, 3), (ring.Count, (int)_counters["capture.dropped.ring-full"]));
        Assert.IsTrue(ring.TryTake(out var next));
        Assert.AreEqual(4, next.Started.Ticks);
    }

    [TestMethod]
    public void A_ring_is_bounded_by_bytes_of_bodies_and_header_fields()
    {
        using var ring = new ExchangeRing(new CaptureOptions { RingBytes = 1 << 20 }, _counters);
        for (var i = 0; i < 10; i++)
        {
            ring.Complete(Exchanges.Post(body: new string('x', 330_000)));
        }

        Assert.AreEqual((3, 7), (ring.Count, (int)_counters["capture.dropped.ring-full"]));

        var headed = Exchanges.Empty(ExchangeProtocol.Http11);
        for (var i = 0; i < 3; i++)
        {
            Exchanges.Add(headed.RequestHeaders, ("x", new string('x', 50_000)));
            Exchanges.Add(headed.ResponseHeaders, ("x", new string('x', 50_000)));
        }

        var before = ring.Bytes;
        ring.Complete(headed);
        Assert.AreEqual((3, 8), (ring.Count, (int)_counters["capture.dropped.ring-full"]), "its header fields take the oldest one's room");
        Assert.IsLessThan(before, ring.Bytes);
    }

    [TestMethod]
    public void Producers_on_many_threads_lose_nothing_uncounted()
    {
        var released = 0;
        using var ring = new ExchangeRing(new CaptureOptions { RingRecords = 50 }, _counters);
        Parallel.For(0, 2000, _ => ring.Complete(Exchanges.Empty(ExchangeProtocol.Http11, _ => Interlocked.Increment(ref released))));
        Assert.AreEqual(2000, released + ring.Count);
        Assert.AreEqual(released, _counters["capture.dropped.ring-full"]);
    }

    [TestMethod]
    public void An_outbox_says_when_it_has_enough_and_loses_nothing()
    {
        using var outbox = new RecordOutbox(3, 100);
        var taken = 0;
        outbox.Taken += () => taken++;
        for (byte i = 1; i <= 3; i++)
        {
            Assert.IsTrue(outbox.HasRoom);
            outbox.Add([i]);
        }

        Assert.IsFalse(outbox.HasRoom, "by count");
        outbox.Add([4]);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4 }, outbox.Take(10, 1000).ConvertAll(record => record.Json.Span[0]));
        Assert.IsTrue(outbox.HasRoom);
        outbox.Add(new byte[100]);
        Assert.IsFalse(outbox.HasRoom, "by bytes");
        Assert.AreEqual(1, taken);
    }

    [TestMethod]
    public void A_batch_is_bounded_by_count_and_bytes_and_never_empty()
    {
        using var outbox = new RecordOutbox(100, 1000);
        foreach (var size in new[] { 50, 10, 10, 10 })
        {
            outbox.Add(new byte[size]);
        }

        Assert.HasCount(1, outbox.Take(10, 20));
        Assert.HasCount(2, outbox.Take(10, 20));
        Assert.HasCount(1, outbox.Take(10, 20));
        Assert.IsEmpty(outbox.Take(10, 20));
        Assert.AreEqual(0, outbox.Bytes);
    }

    [TestMethod]
    public void A_slow_view_loses_its_oldest_records()
    {
        var feed = new RecordFeed(TimeProvider.System);
        using var view = feed.Subscribe(capacity: 2);
        for (var i = 0; i < 5; i++)
        {
            Publish(feed, $"/{i}", TimeProvider.System.GetTimestamp());
        }

        Assert.AreEqual(3, view.Dropped);
        Assert.IsTrue(view.Records.TryRead(out var next));
        Assert.AreEqual("/3", next.Path);
    }

    [TestMethod]
    public void A_view_sees_what_ends_after_it_began_to_look()
    {
        var feed = new RecordFeed(TimeProvider.System);
        var before = TimeProvider.System.GetTimestamp();
        Assert.IsFalse(feed.HasViews);
        using var view = feed.Subscribe();
        Assert.IsTrue(feed.HasViews);
        Publish(feed, "/old", before - 1);
        Publish(feed, "/new", TimeProvider.System.GetTimestamp());
        Assert.IsTrue(view.Records.TryRead(out var next));
        Assert.AreEqual("/new", next.Path);
        view.Dispose();
        Assert.IsFalse(feed.HasViews);
    }

    private static void Publish(RecordFeed feed, string path, long ended)
    {
        var exchange = Exchanges.Post(path);
        exchange.EndTimestamp = ended;
        feed.Publish(JsonSerializer.SerializeToUtf8Bytes(Exchanges.Record(exchange), WireJson.Default.IngestRecord), exchange);
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
