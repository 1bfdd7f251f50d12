using AktoDivert.Fuzz.Targets;
using AktoDivert.Proxy.Relay;
using AktoDivert.Proxy.Relay.Http2;

namespace AktoDivert.Tests.Proxy.Relay.Http2;

[TestClass]
public sealed class Http2TapTests
{
    private static readonly string[] Request = [":method=POST", ":scheme=https", ":authority=a.test", ":path=/x"];

    [TestMethod]
    public void A_call_is_recorded_with_trailers_of_both_sides()
    {
        var run = Play(
            Http2Script.Client().Headers(1, false, Request).Data(1, false, "hel").Data(1, false, "lo").Headers(1, true, "t=1"),
            Http2Script.Server().Headers(1, false, ":status=200", "content-type=application/grpc").Data(1, false, "ok").Headers(1, true, "grpc-status=0"));
        CollectionAssert.AreEqual(
            new[]
            {
                "Http2 1.0 200 Complete \n>:method=POST\n>:scheme=https\n>:authority=a.test\n>:path=/x\n>t=1\n>>hello\n"
                + "<:status=200\n<content-type=application/grpc\n<grpc-status=0\n<<ok\n",
            },
            run.Exchanges);
        Assert.IsNull(run.Flow.OpaqueReason);
    }

    [TestMethod]
    public void Streams_interleave()
    {
        var run = Play(
            Http2Script.Client().Headers(1, false, Request).Headers(3, true, Request).Data(1, true, "one"),
            Http2Script.Server().Headers(3, false, ":status=200").Headers(1, false, ":status=201").Data(3, false, "th").Data(1, true, "o").Data(3, true, "ree"));
        string[] exchanges = [.. run.Exchanges.Order(StringComparer.Ordinal)];
        Assert.HasCount(2, exchanges);
        StringAssert.StartsWith(exchanges[0], "Http2 1.0 201 Complete");
        StringAssert.EndsWith(exchanges[0], "<<o\n");
        StringAssert.EndsWith(exchanges[1], "<<three\n");
    }

    [TestMethod]
    public void Padding_priority_continuation_and_unknown_frames_are_passed_over()
    {
        byte[] first = [2, 0x80, 0, 0, 0, 15, .. Http2Script.Block(":method=GET"), 0, 0];
        var run = Play(
            Http2Script.Client()
                .Frame(Http2FrameType.Headers, Http2Script.Padded | Http2Script.Priority, 1, first)
                .Frame(Http2FrameType.Continuation, 0, 1, Http2Script.Block(":path=/c").AsSpan(0, 4))
                .Frame(Http2FrameType.Continuation, Http2Script.EndHeaders, 1, Http2Script.Block(":path=/c").AsSpan(4))
                .Frame(Http2FrameType.Priority, 0, 5, new byte[5])
                .Frame((Http2FrameType)0x42, 0xff, 1, [9, 9, 9])
                .Frame(Http2FrameType.Ping, 0, 0, new byte[8])
                .Frame(Http2FrameType.WindowUpdate, 0, 1, [0, 0, 1, 0])
                .Frame(Http2FrameType.Data, Http2Script.Padded, 1, [3, (byte)'a', (byte)'b', 0, 0, 0])
                .Frame(Http2FrameType.Data, Http2Script.Padded | Http2Script.EndStream, 1, [0, (byte)'c']),
            Http2Script.Server().Headers(1, true, ":status=204"));
        StringAssert.Contains(run.Exchanges.Single(), ">:method=GET\n>:path=/c\n>>abc\n");
        Assert.IsNull(run.Flow.OpaqueReason);
    }

    [TestMethod]
    public void Informational_responses_are_passed_over()
    {
        var run = Play(
            Http2Script.Client().Headers(1, true, Request),
            Http2Script.Server().Headers(1, false, ":status=100").Headers(1, false, ":status=103", "link=x").Headers(1, true, ":status=200", "a=b"));
        StringAssert.EndsWith(run.Exchanges.Single(), "\n<:status=200\n<a=b\n");
    }

    [TestMethod]
    public void A_push_promise_feeds_the_decoder_only()
    {
        var run = Play(
            Http2Script.Client().Headers(1, true, Request),
            Http2Script.Server()
                .Frame(Http2FrameType.PushPromise, Http2Script.EndHeaders, 1, [0, 0, 0, 2, .. Http2Script.Block("p=q")])
                .Headers(2, true, ":status=200")
                .Frame(Http2FrameType.Headers, Http2Script.EndHeaders | Http2Script.EndStream, 1, [0xbe, 0xbf]));
        StringAssert.EndsWith(run.Exchanges.Single(), "\n<:status=200\n<p=q\n");
    }

    [TestMethod]
    [DataRow(true, "AppAborted")]
    [DataRow(false, "UpstreamAborted")]
    public void A_reset_is_the_fault_of_its_sender(bool byApp, string end)
    {
        var up = Http2Script.Client().Headers(1, false, Request).ToArray();
        var down = Http2Script.Server().Headers(1, false, ":status=200").Data(1, false, "hal").ToArray();
        var reset = new Http2Script().Frame(Http2FrameType.RstStream, 0, 1, [0, 0, 0, 8]).ToArray();
        var run = new TapRun("h2").Up(up).Down(down);
        _ = byApp ? run.Up(reset) : run.Down(reset);
        StringAssert.StartsWith(run.Exchanges.Single(), $"Http2 1.0 200 {end} \n");
    }

    [TestMethod]
    public void A_reset_after_a_whole_response_leaves_it_complete()
    {
        var run = new TapRun("h2").Up(Http2Script.Client().Headers(1, false, Request).ToArray()).Down(
            Http2Script.Server().Headers(1, true, ":status=413").Frame(Http2FrameType.RstStream, 0, 1, [0, 0, 0, 0]).ToArray());
        StringAssert.StartsWith(run.Exchanges.Single(), "Http2 1.0 413 Complete the response was complete before the request");
    }

    [TestMethod]
    public void Goaway_completes_what_the_server_refuses()
    {
        var run = new TapRun("h2").Up(Http2Script.Client().Headers(1, true, Request).Headers(3, true, Request).ToArray());
        run.Down(Http2Script.Server().Frame(Http2FrameType.GoAway, 0, 0, [0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3]).ToArray());
        StringAssert.StartsWith(run.Exchanges.Single(), "Http2 3.0 0 UpstreamAborted the server refused");
        run.Down(new Http2Script().Headers(1, true, ":status=200").ToArray());
        StringAssert.StartsWith(run.Exchanges[1], "Http2 1.0 200 Complete");
    }

    [TestMethod]
    public void The_table_size_follows_the_receivers_settings()
    {
        // The app allows 8192; the server may use it from then on.
        var run = new TapRun("h2").Up(Http2Script.Client().Settings((1, 8192)).Headers(1, true, Request).ToArray());
        byte[] update = [0x3f, 0xe1, 0x3f, .. Http2Script.Block(":status=200")];
        run.Down(Http2Script.Server().Frame(Http2FrameType.Headers, Http2Script.EndHeaders | Http2Script.EndStream, 1, update).ToArray());
        StringAssert.StartsWith(run.Exchanges.Single(), "Http2 1.0 200 Complete");
    }

    [TestMethod]
    public void A_lowered_table_size_binds_from_the_acknowledgement_on()
    {
        byte[] update = [0x3f, 0xe1, 0x1f, 0x88];
        var up = Http2Script.Client().Settings((1, 100)).Headers(1, false, Request).Headers(3, false, Request).ToArray();
        var run = new TapRun("h2").Up(up).Down(Http2Script.Server().Frame(Http2FrameType.Headers, Http2Script.EndHeaders, 1, update).ToArray());
        Assert.IsNull(run.Flow.OpaqueReason);
        run.Down(new Http2Script().Frame(Http2FrameType.Settings, Http2Script.Ack, 0, []).Frame(Http2FrameType.Settings, Http2Script.Ack, 0, []).ToArray());
        run.Down(new Http2Script().Frame(Http2FrameType.Headers, Http2Script.EndHeaders, 3, update).ToArray());
        Assert.AreEqual(1, run.Counters["tap.opaque.hpack"]);
    }

    [TestMethod]
    public void Extended_connect_carries_a_websocket()
    {
        var run = TapAssert.Play(
            new TapScript()
                .Up(Http2Script.Client().Headers(1, false, ":method=CONNECT", ":protocol=websocket", ":path=/ws").Headers(3, true, Request).ToArray())
                .Down(Http2Script.Server().Headers(1, false, ":status=200").ToArray())
                .Up(new Http2Script().Data(1, false, WebSocketScript.Text("ask", masked: true)).ToArray())
                .Down(new Http2Script().Data(1, false, WebSocketScript.Text("answer", masked: false)).Headers(3, true, ":status=204").ToArray())
                .Up(new Http2Script().Data(1, true, WebSocketScript.Frame(0x88, [3, 232], masked: true)).ToArray())
                .Down(new Http2Script().Data(1, true, WebSocketScript.Frame(0x88, [3, 232], masked: false)).ToArray()),
            "h2");
        Assert.HasCount(3, run.Exchanges);
        StringAssert.StartsWith(run.Exchanges[0], "Http2 1.0 200 Complete \n>:method=CONNECT");
        StringAssert.StartsWith(run.Exchanges[1], "Http2 3.0 204 Complete");
        StringAssert.StartsWith(run.Exchanges[2], "WebSocket 1.1 200 Complete \n>:method=CONNECT");
        StringAssert.EndsWith(run.Exchanges[2], ">text ask\n<text answer\n");
    }

    [TestMethod]
    public void A_websocket_that_is_not_understood_leaves_the_other_streams_observed()
    {
        var run = new TapRun("h2").Up(Http2Script.Client().Headers(1, false, ":method=CONNECT", ":protocol=websocket").Headers(3, true, Request).ToArray());
        run.Down(Http2Script.Server().Headers(1, false, ":status=200").ToArray()).Up(new Http2Script().Data(1, false, WebSocketScript.Frame(0x83, [], masked: true)).ToArray());
        Assert.AreEqual(1, run.Counters["tap.opaque.websocket-frame"]);
        Assert.IsNull(run.Flow.OpaqueReason);
        run.Down(new Http2Script().Headers(3, true, ":status=200").ToArray());
        StringAssert.StartsWith(run.Exchanges[^1], "Http2 3.0 200 Complete");
    }

    [TestMethod]
    public void Frames_against_the_rules_turn_opaque()
    {
        AssertOpaque("http2-preface", "GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        AssertOpaque("http2-frame", Http2Script.Client().Data(0, false, "x").ToArray());
        AssertOpaque("http2-frame", Http2Script.Client().Frame(Http2FrameType.Continuation, 4, 1, [0x82]).ToArray());
        AssertOpaque("http2-frame", Http2Script.Client().Frame(Http2FrameType.Headers, 0, 1, [0x82]).Data(1, true, "x").ToArray());
        AssertOpaque("http2-frame", Http2Script.Client().Frame(Http2FrameType.Data, Http2Script.Padded, 1, [3, 1, 2]).ToArray());
        AssertOpaque("http2-frame", Http2Script.Client().Frame(Http2FrameType.Data, Http2Script.Padded, 1, []).ToArray());
        AssertOpaque("http2-frame", Http2Script.Client().Frame(Http2FrameType.Headers, Http2Script.Priority | Http2Script.EndHeaders, 1, [0, 0]).ToArray());
        AssertOpaque("http2-frame", Http2Script.Client().Frame(Http2FrameType.Settings, 0, 0, [0, 1, 0]).ToArray());
        AssertOpaque("http2-frame", Http2Script.Client().Frame(Http2FrameType.Settings, Http2Script.Ack, 0, []).ToArray());
        AssertOpaque("hpack", Http2Script.Client().Frame(Http2FrameType.Headers, Http2Script.EndHeaders, 1, [0xff]).ToArray());
    }

    [TestMethod]
    public void A_continuation_flood_turns_opaque()
    {
        var script = Http2Script.Client().Frame(Http2FrameType.Headers, 0, 1, [0x82]);
        for (var i = 0; i < 20; i++)
        {
            script.Frame(Http2FrameType.Continuation, 0, 1, new byte[16384]);
        }

        AssertOpaque("http2-block-limit", script.ToArray());
    }

    [TestMethod]
    public void More_streams_than_observed_turn_opaque()
    {
        var run = new TapRun("h2", new CaptureLimits { MaxOpenStreams = 1 });
        run.Up(Http2Script.Client().Headers(1, true, Request).Headers(3, true, Request).ToArray());
        Assert.AreEqual(1, run.Counters["tap.opaque.open-limit"]);
        StringAssert.StartsWith(run.Exchanges.Single(), "Http2 1.0 0 ObservationStopped more exchanges");
    }

    [TestMethod]
    public void Every_split_in_two_gives_the_same_exchanges() => TapAssert.SplitsAtEveryByte(
        Http2Script.Client().Headers(1, false, Request).Frame(Http2FrameType.Data, Http2Script.Padded, 1, [2, 1, 0, 0]).Data(1, true, "x").ToArray(),
        Http2Script.Server().Headers(1, false, ":status=200").Data(1, false, "abc").Headers(1, true, "t=u").ToArray(),
        "h2");

    private static TapRun Play(Http2Script up, Http2Script down) => TapAssert.Play(new TapScript().Up(up.ToArray()).Down(down.ToArray()), "h2");

    private static void AssertOpaque(string slug, byte[] up)
    {
        var run = new TapRun("h2").Up(up);
        Assert.AreEqual(1, run.Counters["tap.opaque." + slug], string.Join(',', run.Counters.Read()));
    }
}
