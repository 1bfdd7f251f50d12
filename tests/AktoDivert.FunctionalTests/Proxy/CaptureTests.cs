using System.Net;
using System.Text;
using AktoDivert.Capture;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Guardrails;
using AktoDivert.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.FunctionalTests.Proxy;

/// <summary>The proxy with its real taps.</summary>
[TestClass]
public sealed class CaptureTests
{
    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task An_exchange_is_recorded_as_it_passed(string version)
    {
        var sink = new KeepingSink();
        await using var upstream = await WebUpstream.StartAsync(ProxyUnderTest.UpstreamAuthority.Leaf(ProxyUnderTest.Host));
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint, sink: sink);
        using var client = proxy.HttpClient(Version.Parse(version));
        using var response = await client.PostAsync("/echo", new StringContent("{\"prompt\":\"hi\"}", Encoding.UTF8, "application/json"));
        Assert.AreEqual("{\"prompt\":\"hi\"}", await response.Content.ReadAsStringAsync());

        var exchange = await sink.First.Task.WaitAsync(ProxyUnderTest.Patience);
        Assert.AreEqual(200, exchange.StatusCode);
        Assert.AreEqual("{\"prompt\":\"hi\"}", Encoding.UTF8.GetString(exchange.RequestBody.Kept.Span));
        Assert.AreEqual("{\"prompt\":\"hi\"}", Encoding.UTF8.GetString(exchange.ResponseBody.Kept.Span));
        Assert.AreEqual(ProxyUnderTest.Process, exchange.Flow.Process.Name);
        var added = TimeProvider.System.GetElapsedTime(0, exchange.AddedTicks);
        Assert.IsGreaterThan(TimeSpan.Zero, added);
        Assert.IsLessThan(TimeProvider.System.GetElapsedTime(exchange.StartTimestamp, exchange.EndTimestamp) + TimeSpan.FromSeconds(1), added);
    }

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task A_consumer_that_takes_nothing_delays_no_byte(string version)
    {
        // Nobody reads the ring: to the traffic that is the same as a worker that blocks for ever.
        var counters = new AgentCounters();
        using var ring = new ExchangeRing(new CaptureOptions { RingRecords = 4 }, counters);
        await using var upstream = await WebUpstream.StartAsync(ProxyUnderTest.UpstreamAuthority.Leaf(ProxyUnderTest.Host));
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint, sink: ring);
        using var client = proxy.HttpClient(Version.Parse(version));
        using var timeout = new CancellationTokenSource(ProxyUnderTest.Patience);
        var body = WebUpstream.Bytes(100_000);
        for (var i = 0; i < 50; i++)
        {
            using var response = await client.PostAsync("/echo", new ByteArrayContent(body), timeout.Token);
            Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
            Assert.IsTrue((await response.Content.ReadAsByteArrayAsync(timeout.Token)).AsSpan().SequenceEqual(body));
        }

        Assert.AreEqual(4, ring.Count);
        Assert.IsGreaterThanOrEqualTo(45, counters["capture.dropped.ring-full"]);
    }

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task A_capture_worker_that_hangs_delays_no_byte(string version)
    {
        // The worker asks the clock while it makes a record, and this clock answers only when the test is done with its traffic: no length of time
        // in which the worker hangs makes a difference.
        using var clock = new HangingTimeProvider();
        var (options, counters) = (new CaptureOptions { RingRecords = 4 }, new AgentCounters());
        using var ring = new ExchangeRing(options, counters);
        await using var upstream = await WebUpstream.StartAsync(ProxyUnderTest.UpstreamAuthority.Leaf(ProxyUnderTest.Host));
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint, sink: ring);
        var feed = new RecordFeed(TimeProvider.System);
        using var records = feed.Subscribe();
        using var worker = new CaptureWorker(
            ring, feed, proxy.Policy, new AllowAllGuard(), DeviceIdentity.Create("test", "machine", "user"), options, counters, clock,
            NullLogger<CaptureWorker>.Instance);
        await worker.StartAsync(CancellationToken.None);
        using var client = proxy.HttpClient(Version.Parse(version));
        using var timeout = new CancellationTokenSource(ProxyUnderTest.Patience);
        await EchoAsync(client, timeout.Token);
        await clock.Asked.Task.WaitAsync(timeout.Token);
        for (var i = 0; i < 50; i++)
        {
            await EchoAsync(client, timeout.Token);
        }

        Assert.AreEqual(0, counters["capture.recorded"], "the worker still hangs");
        Assert.IsGreaterThanOrEqualTo(45, counters["capture.dropped.ring-full"]);
        clock.Answer();
        for (var i = 0; i < 5; i++)
        {
            Assert.AreEqual("/echo", (await records.Records.ReadAsync(timeout.Token)).Path);
        }

        await worker.StopAsync(timeout.Token);
    }

    private static async Task EchoAsync(HttpClient client, CancellationToken cancellation)
    {
        using var response = await client.PostAsync("/echo", new StringContent("x"), cancellation);
        Assert.AreEqual("x", await response.Content.ReadAsStringAsync(cancellation));
    }

    private sealed class HangingTimeProvider : TimeProvider, IDisposable
    {
        private readonly ManualResetEventSlim _answer = new();

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Answer() => _answer.Set();

        public override DateTimeOffset GetUtcNow()
        {
            Asked.TrySetResult();
            _answer.Wait();
            return base.GetUtcNow();
        }

        public void Dispose() => _answer.Dispose();
    }

    private sealed class KeepingSink : IExchangeSink
    {
        public TaskCompletionSource<Exchange> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Complete(Exchange exchange) => First.TrySetResult(exchange);
    }
}
