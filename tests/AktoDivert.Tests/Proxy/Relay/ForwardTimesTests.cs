using AktoDivert.Fuzz.Targets;
using AktoDivert.Proxy.Relay;
using AktoDivert.Tests.Shared;

namespace AktoDivert.Tests.Proxy.Relay;

[TestClass]
public sealed class ForwardTimesTests
{
    private static readonly TimeSpan Write = TimeSpan.FromMilliseconds(3);

    private readonly TestTimeProvider _clock = new();
    private readonly List<double> _added = [];

    [TestMethod]
    [DataRow("http/1.1")]
    [DataRow("h2")]
    public void A_call_in_one_read_each_way_has_the_sum_of_both_writes(string protocol)
    {
        var run = Run(protocol);
        var (up, down) = Call(protocol);
        run.Up(up);
        Assert.IsEmpty(_added);
        run.Down(down);
        CollectionAssert.AreEqual(new[] { 6.0 }, _added);
    }

    [TestMethod]
    [DataRow("http/1.1")]
    [DataRow("h2")]
    public void Reads_and_writes_of_bodies_do_not_count(string protocol)
    {
        var run = Run(protocol);
        var (up, down) = protocol == "h2"
            ? (Http2Script.Client().Headers(1, false, ":method=POST").ToArray(), Http2Script.Server().Headers(1, false, ":status=200").ToArray())
            : ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n"u8.ToArray(), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"u8.ToArray());
        var body = protocol == "h2" ? new Http2Script().Data(1, true, "abc").ToArray() : "abc"u8.ToArray();
        run.Up(up).Up(body, 1).Down(down).Down(body, 1);
        CollectionAssert.AreEqual(new[] { 6.0 }, _added);
    }

    [TestMethod]
    [DataRow("http/1.1")]
    [DataRow("h2")]
    public void A_response_that_overtakes_the_end_of_the_requests_write_waits_for_it(string protocol)
    {
        var run = Run(protocol);
        var (up, down) = Call(protocol);
        run.Writing = () =>
        {
            run.Writing = () => _clock.Advance(Write);
            run.Down(down);
            Assert.IsEmpty(_added, "the request's write is not over yet");
            _clock.Advance(Write);
        };
        run.Up(up);
        CollectionAssert.AreEqual(new[] { 9.0 }, _added);
    }

    [TestMethod]
    public void Every_pipelined_call_of_a_read_has_the_time_of_that_read()
    {
        var (up, down) = Call("http/1.1");
        Run("http/1.1").Up([.. up, .. up]).Down(down).Down(down);
        CollectionAssert.AreEqual(new[] { 6.0, 6.0 }, _added);
    }

    [TestMethod]
    public void A_turn_of_a_WebSocket_has_the_writes_of_both_sides_first_messages()
    {
        var run = Run("http/1.1")
            .Up("GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"u8)
            .Down("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"u8);
        run.Up([0x81, 0x81, 0, 0, 0, 0, (byte)'a']).Down([0x81, 1, (byte)'b']).Down([0x81, 1, (byte)'c']).Close();
        CollectionAssert.AreEqual(new[] { 6.0, 6.0 }, _added);
    }

    [TestMethod]
    [DataRow("http/1.1")]
    [DataRow("h2")]
    public void A_write_that_never_ends_well_leaves_the_figure_out_at_the_close(string protocol)
    {
        var completed = new ReleasingSink();
        var tap = completed.Tap(protocol);
        var (up, down) = Call(protocol);
        tap.Feed(RelayDirection.Up, protocol == "h2" ? up.AsSpan(24) : up);
        tap.Feed(RelayDirection.Down, down);
        Assert.AreEqual(0, completed.Completed);
        tap.End(RelayDirection.Up, aborted: true);
        tap.End(RelayDirection.Down, aborted: true);
        tap.Close();
        Assert.AreEqual(1, completed.Completed);
    }

    private TapRun Run(string protocol) => new(protocol, null, _clock)
    {
        Inspect = exchange => _added.Add(_clock.GetElapsedTime(0, exchange.AddedTicks).TotalMilliseconds),
        Writing = () => _clock.Advance(Write),
    };

    private static (byte[] Up, byte[] Down) Call(string protocol) => protocol == "h2"
        ? (Http2Script.Client().Headers(1, true, ":method=GET").ToArray(), Http2Script.Server().Headers(1, true, ":status=204").ToArray())
        : ("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), "HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
}
