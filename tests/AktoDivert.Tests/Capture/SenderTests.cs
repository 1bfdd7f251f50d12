using AktoDivert.Capture;
using AktoDivert.Capture.Upload;
using AktoDivert.Core.Diagnostics;

namespace AktoDivert.Tests.Capture;

[TestClass]
public sealed class SenderTests
{
    private readonly AgentCounters _counters = new();

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task One_refused_record_costs_only_itself()
    {
        var service = new Service(part => part.Contains<byte>(13) ? PostOutcome.Refused : PostOutcome.Accepted);
        var result = await new Sender(service, _counters).SendAsync(Batch(40), TestContext.CancellationToken);
        Assert.IsEmpty(result.Left);
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 40).Where(i => i != 13).Select(i => (byte)i).ToArray(), service.Taken);
        Assert.AreEqual((39L, 1L), (_counters["upload.sent"], _counters["upload.dropped.refused"]));
    }

    [TestMethod]
    public async Task A_batch_that_is_too_large_is_halved()
    {
        var service = new Service(part => part.Length > 3 ? PostOutcome.TooLarge : PostOutcome.Accepted);
        Assert.IsEmpty((await new Sender(service, _counters).SendAsync(Batch(10), TestContext.CancellationToken)).Left);
        CollectionAssert.AreEqual(Enumerable.Range(0, 10).Select(i => (byte)i).ToArray(), service.Taken);
    }

    [TestMethod]
    public async Task A_service_that_refuses_everything_gets_pauses_before_records_are_dropped()
    {
        var service = new Service(_ => PostOutcome.Refused);
        var sender = new Sender(service, _counters);
        IReadOnlyList<SerializedRecord> left = Batch(16);
        var rounds = 1;
        for (; (await sender.SendAsync(left, TestContext.CancellationToken)) is { Left.Count: > 0 } result; rounds++)
        {
            Assert.AreEqual(PostOutcome.Unavailable, result.Outcome);
            Assert.HasCount(16, result.Left);
            left = result.Left;
        }

        Assert.AreEqual(Sender.MaxRefusedRounds, rounds);
        Assert.AreEqual(16, _counters["upload.dropped.refused"]);
    }

    [TestMethod]
    public async Task What_was_not_taken_is_given_back_once()
    {
        var posts = 0;
        var service = new Service(_ => posts++ switch { 0 => PostOutcome.TooLarge, 1 => PostOutcome.Accepted, _ => PostOutcome.Unavailable });
        var result = await new Sender(service, _counters).SendAsync(Batch(4), TestContext.CancellationToken);
        CollectionAssert.AreEqual(new byte[] { 0, 1 }, service.Taken);
        CollectionAssert.AreEqual(new byte[] { 2, 3 }, result.Left.Select(r => r.Json.Span[0]).ToArray());
        Assert.AreEqual(PostOutcome.Unavailable, result.Outcome);
    }

    [TestMethod]
    public void Pauses_double_with_jitter_and_respect_what_the_server_asks()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8), new Random(1));
        for (var most = 1.0; most <= 8; most *= 2)
        {
            var pause = backoff.Next().TotalSeconds;
            Assert.IsTrue(pause >= most / 2 && pause <= most, $"{pause} of {most}");
        }

        Assert.IsLessThanOrEqualTo(8.0, backoff.Next().TotalSeconds);
        Assert.AreEqual(120, backoff.Next(TimeSpan.FromMinutes(2)).TotalSeconds);
        backoff.Reset();
        Assert.IsLessThanOrEqualTo(1.0, backoff.Next().TotalSeconds);
    }

    private static List<SerializedRecord> Batch(int count) => [.. Enumerable.Range(0, count).Select(i => new SerializedRecord(new[] { (byte)i }))];

    private sealed class Service(Func<byte[], PostOutcome> judge) : IIngestion
    {
        public List<byte> Taken { get; } = [];

        public Task<(PostOutcome Outcome, TimeSpan? RetryAfter)> PostAsync(IReadOnlyList<SerializedRecord> records, CancellationToken cancellationToken)
        {
            byte[] part = [.. records.Select(r => r.Json.Span[0])];
            var outcome = judge(part);
            if (outcome == PostOutcome.Accepted)
            {
                Taken.AddRange(part);
            }

            return Task.FromResult((outcome, (TimeSpan?)null));
        }
    }
}
