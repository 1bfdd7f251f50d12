using System.Text;
using System.Text.Json;
using AktoDivert.Capture;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Wire;

namespace AktoDivert.Tests.Capture;

[TestClass]
public sealed class RingAndOutboxTests
{
    private readonly AgentCounters _counters = new();

    [TestMethod]
    public void A_full_ring_drops_the_oldest()
    {
        using var ring = new ExchangeRing(new CaptureOptions { RingRecords = 2 }, _counters);
        for (var i = 1; i <= 5; i++)
        {
            var exchange = Exchanges.Post();
            exchange.StreamId = i;
            ring.Complete(exchange);
        }

        Assert.AreEqual((2, 3), (ring.Count, (int)_counters["capture.dropped.ring-full"]));
        Assert.IsTrue(ring.TryTake(out var next));
        Assert.AreEqual(4, next.StreamId);
    }

    [TestMethod]
    [DataRow(300_000, DisplayName = "large ones, which stay as they are")]
    [DataRow(30_000, DisplayName = "small ones, which are packed")]
    public void A_ring_is_bounded_by_bytes_and_releases_what_it_drops(int body)
    {
        var (made, released) = (0, 0);
        using var ring = new ExchangeRing(new CaptureOptions { RingBytes = 1 << 20 }, _counters);
        for (; made < 100; made++)
        {
            var exchange = Exchanges.Empty(ExchangeProtocol.Http11, _ => released++);
            exchange.RequestBody.Append(new byte[body]);
            ring.Complete(exchange);
        }

        Assert.AreEqual((1 << 20) / body, ring.Count);
        Assert.AreEqual((long)ring.Count * body, ring.Bytes);
        Assert.AreEqual(made - ring.Count, _counters["capture.dropped.ring-full"]);
        Assert.AreEqual(body > 100_000 ? made - ring.Count : made, released, "what is packed needs its exchange no more");
    }

    [TestMethod]
    public void Producers_on_many_threads_lose_nothing_uncounted()
    {
        using var ring = new ExchangeRing(new CaptureOptions { RingRecords = 50 }, _counters);
        Parallel.For(0, 2000, i =>
        {
            var exchange = Exchanges.Post(body: $"{{\"n\":{i}}}");
            exchange.StreamId = i;
            ring.Complete(exchange);
        });
        Assert.AreEqual(2000, _counters["capture.dropped.ring-full"] + ring.Count);
        while (ring.TryTake(out var exchange))
        {
            Assert.AreEqual($"{{\"n\":{exchange.StreamId}}}", Encoding.UTF8.GetString(exchange.RequestBody.Kept.Span));
            exchange.Release();
        }
    }

    [TestMethod]
    public void What_was_packed_becomes_the_same_record()
    {
        using var ring = new ExchangeRing(new CaptureOptions(), _counters);
        foreach (var make in Samples())
        {
            var expected = Exchanges.Record(make());
            ring.Complete(make());
            Assert.IsTrue(ring.TryTake(out var exchange));
            AssertSame(expected, Exchanges.Record(exchange));
            exchange.Release();
        }
    }

    [TestMethod]
    public void The_exchange_that_is_unpacked_into_keeps_nothing_of_the_one_before()
    {
        using var ring = new ExchangeRing(new CaptureOptions(), _counters);
        var samples = Samples();
        foreach (var make in samples)
        {
            ring.Complete(make());
        }

        foreach (var make in samples)
        {
            Assert.IsTrue(ring.TryTake(out var exchange));
            AssertSame(Exchanges.Record(make()), Exchanges.Record(exchange));
            exchange.Release();
        }
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
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4 }, Take(outbox, 10, 1000).ConvertAll(record => record.Json.Span[0]));
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

        Assert.HasCount(1, Take(outbox, 10, 20));
        Assert.HasCount(2, Take(outbox, 10, 20));
        Assert.HasCount(1, Take(outbox, 10, 20));
        Assert.IsEmpty(Take(outbox, 10, 20));
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

    private static List<SerializedRecord> Take(RecordOutbox outbox, int count, long bytes)
    {
        List<SerializedRecord> taken = [];
        outbox.Take(taken, count, bytes);
        return taken;
    }

    // Each differs in what it has and what it has not.
    private static List<Func<Exchange>> Samples() =>
    [
        () => Exchanges.Post(body: """{"model":"m","messages":[]}""", response: """{"id":"1"}""", headers: [("Authorization", "Bearer x"), ("X", "")]),
        () => Exchanges.Empty(ExchangeProtocol.Http2),
        () =>
        {
            var exchange = Exchanges.Post("/cut", body: new string('a', 100));
            exchange.RequestBody.Load(Encoding.UTF8.GetBytes("kept"), 100_000);
            for (var i = 0; i < HeaderBlock.MaxFields + 1; i++)
            {
                exchange.ResponseHeaders.Add("n"u8, "v"u8);
            }

            (exchange.StatusCode, exchange.Incomplete, exchange.End) = (0, "cut short", ExchangeEnd.AppAborted);
            (exchange.StartTimestamp, exchange.FirstByteTimestamp, exchange.EndTimestamp, exchange.AddedTicks) = (10, 20, 30, 5);
            return exchange;
        },
        () => Exchanges.Post("/large", body: new string('b', 100_000)),
        () =>
        {
            var exchange = Exchanges.Post("/judged", body: "secret");
            exchange.Judgement.Add(new GuardDecision { Verdict = Verdict.Alert, Reason = "because" });
            exchange.RequestBody.ReplaceDecoded("masked"u8);
            return exchange;
        },
        () =>
        {
            var exchange = Exchanges.Post("/clean", body: "a", response: "b");
            exchange.Judgement.Add(GuardDecision.Allow);
            exchange.Judgement.Took = TimeSpan.FromMilliseconds(3);
            exchange.Judgement.Call.Append("""{"shape":"anthropic.messages","op":"chat"}"""u8);
            return exchange;
        },
        () => Exchanges.WebSocket((true, "ping"), (false, "pong")),
        () =>
        {
            var exchange = Exchanges.WebSocket((true, "one"), (false, ""), (false, "three"), (true, "4"));
            exchange.Messages[2].IsText = false;
            exchange.Messages[3].Payload.Load("cut"u8, 5_000);
            (exchange.Messages[3].Number, exchange.Messages[3].Time) = (7, DateTimeOffset.UnixEpoch.AddTicks(1));
            return exchange;
        },
        () =>
        {
            var exchange = Exchanges.WebSocket((true, "secret"));
            exchange.Messages[0].Payload.ReplaceDecoded("masked"u8);
            return exchange;
        },
        () => Exchanges.Post("/last", response: "[]"),
    ];

    // Each record has an id of its own.
    private static void AssertSame(IngestRecord expected, IngestRecord actual) => Assert.AreEqual(
        JsonSerializer.Serialize(expected with { Audit = expected.Audit! with { Id = "" } }, WireJson.Default.IngestRecord),
        JsonSerializer.Serialize(actual with { Audit = actual.Audit! with { Id = "" } }, WireJson.Default.IngestRecord));

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
