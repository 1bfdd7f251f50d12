using System.Text;
using AktoDivert.Fuzz.Targets;
using AktoDivert.Proxy.Relay;
using AktoDivert.Tests.Shared;

namespace AktoDivert.Tests.Proxy.Relay;

[TestClass]
public sealed class ConnectionTapTests
{
    [TestMethod]
    [DataRow("http/1.1")]
    [DataRow("h2")]
    public void Times_are_those_of_the_bytes(string protocol)
    {
        var clock = new TestTimeProvider();
        var (first, times) = (clock.GetUtcNow(), new List<double>());
        var run = new TapRun(protocol, null, clock)
        {
            Inspect = e =>
            {
                Assert.AreEqual(first, e.Started);
                times.AddRange(new[] { e.RequestEndTimestamp, e.FirstByteTimestamp, e.EndTimestamp }
                    .Select(t => clock.GetElapsedTime(e.StartTimestamp, t).TotalSeconds));
            },
        };
        var (head, body, responseHead, responseBody) = protocol == "h2"
            ? (Http2Script.Client().Headers(1, false, ":method=POST").ToArray(), new Http2Script().Data(1, true, "x").ToArray(),
               Http2Script.Server().Headers(1, false, ":status=200").ToArray(), new Http2Script().Data(1, true, "y").ToArray())
            : ("POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n"u8.ToArray(), "x"u8.ToArray(),
               "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"u8.ToArray(), "y"u8.ToArray());
        run.Up(head);
        clock.Advance(TimeSpan.FromSeconds(1));
        run.Up(body);
        clock.Advance(TimeSpan.FromSeconds(1));
        run.Down(responseHead);
        clock.Advance(TimeSpan.FromSeconds(1));
        run.Down(responseBody);
        CollectionAssert.AreEqual(new[] { 1.0, 2.0, 3.0 }, times);
    }

    [TestMethod]
    public void A_sink_that_throws_turns_the_tap_off_and_reaches_nobody()
    {
        var run = new TapRun("http/1.1") { Inspect = _ => throw new InvalidOperationException("the sink broke") };
        run.Up("GET / HTTP/1.1\r\n\r\n"u8).Down("HTTP/1.1 204 No\r\n\r\n"u8).Up("GET / HTTP/1.1\r\n\r\n"u8).Close();
        Assert.AreEqual(1, run.Counters["tap.opaque.internal-fault"]);
        Assert.IsNotNull(run.Flow.OpaqueReason);
    }

    [TestMethod]
    public void Close_without_an_end_completes_what_is_open()
    {
        var run = new TapRun("http/1.1").Up("GET / HTTP/1.1\r\n\r\n"u8).Close();
        StringAssert.StartsWith(run.Exchanges.Single(), "Http11 1.0 0 ObservationStopped the agent closed the connection");
    }

    [TestMethod]
    public async Task Both_directions_may_be_fed_at_once()
    {
        const int calls = 2_000;
        var run = new TapRun("h2");
        run.Up(Http2Script.Client().ToArray()).Down(Http2Script.Server().ToArray());
        var up = Task.Run(() => Repeat(calls, i => run.Up(new Http2Script().Headers(1 + (2 * i), false, ":method=POST").ToArray())));
        await up;
        var both = Task.WhenAll(
            Task.Run(() => Repeat(calls / 2, i => run.Up(new Http2Script().Data(1 + (2 * i), true, "u").ToArray()))),
            Task.Run(() => Repeat(calls / 2, i => run.Down(new Http2Script().Headers(1 + (2 * i), true, ":status=200").ToArray()))));
        await both;
        Assert.IsNotNull(run.Flow.OpaqueReason, "2000 streams are more than are observed");
        Assert.HasCount(new CaptureLimits().MaxOpenStreams, run.Exchanges);
    }

    [TestMethod]
    [DataRow("http/1.1")]
    [DataRow("h2")]
    public void A_call_in_steady_state_costs_little_garbage(string protocol)
    {
        var sink = new ReleasingSink();
        var tap = sink.Tap(protocol);
        var (up, down) = Call(protocol);
        const int warm = 500;
        const int calls = 2_000;
        var before = 0L;
        for (var i = 0; i < warm + calls; i++)
        {
            if (i == warm)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            SetStream(up, down, protocol, 1 + (2 * i));
            tap.Feed(RelayDirection.Up, up);
            tap.Forwarded(RelayDirection.Up);
            tap.Feed(RelayDirection.Down, down);
            tap.Forwarded(RelayDirection.Down);
        }

        var perCall = (GC.GetAllocatedBytesForCurrentThread() - before) / calls;
        Assert.AreEqual(warm + calls, sink.Completed);
        Assert.IsLessThanOrEqualTo(128, perCall);
    }

    private static (byte[] Up, byte[] Down) Call(string protocol)
    {
        var body = new string('x', 2000);
        return protocol == "h2"
            ? (new Http2Script().Headers(1, false, ":method=POST", ":path=/x", "a=b").Data(1, true, body).ToArray(),
               new Http2Script().Headers(1, false, ":status=200").Data(1, true, body).ToArray())
            : (Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}"),
               Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
    }

    private static void SetStream(byte[] up, byte[] down, string protocol, int id)
    {
        if (protocol != "h2")
        {
            return;
        }

        foreach (var frames in (ReadOnlySpan<byte[]>)[up, down])
        {
            for (var at = 0; at < frames.Length; at += 9 + ((frames[at] << 16) | (frames[at + 1] << 8) | frames[at + 2]))
            {
                System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frames.AsSpan(at + 5), id);
            }
        }
    }

    private static void Repeat(int times, Action<int> action)
    {
        for (var i = 0; i < times; i++)
        {
            action(i);
        }
    }
}
