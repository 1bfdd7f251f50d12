using System.Text;
using AktoDivert.Fuzz.Targets;
using AktoDivert.Proxy.Relay;

namespace AktoDivert.Tests.Proxy.Relay.WebSockets;

[TestClass]
public sealed class WebSocketObserverTests
{
    [TestMethod]
    public void The_handshake_is_an_exchange_and_each_turn_another()
    {
        var run = TapAssert.Play(
            new TapScript().Up(WebSocketScript.Request)
                .Down([.. Encoding.ASCII.GetBytes(WebSocketScript.Response()), .. WebSocketScript.Text("welcome", false)])
                .Up(WebSocketScript.Text("first", true))
                .Down([.. WebSocketScript.Text("a", false), .. WebSocketScript.Text("b", false)])
                .Up([.. WebSocketScript.Text("second", true), .. WebSocketScript.Text("third", true)])
                .Down(WebSocketScript.Text("c", false))
                .Up(WebSocketScript.Frame(0x88, [3, 232], true)),
            "http/1.1");
        Assert.HasCount(4, run.Exchanges);
        StringAssert.StartsWith(run.Exchanges[0], "Http11 1.0 101 Complete \n>:method=GET");
        StringAssert.StartsWith(run.Exchanges[1], "WebSocket 1.1 101 Complete \n>:method=GET");
        StringAssert.EndsWith(run.Exchanges[1], "<Connection=Upgrade\n<text welcome\n");
        StringAssert.EndsWith(run.Exchanges[2], ">text first\n<text a\n<text b\n");
        StringAssert.StartsWith(run.Exchanges[3], "WebSocket 1.3 101 Complete \n");
        StringAssert.EndsWith(run.Exchanges[3], ">text second\n>text third\n<text c\n");
    }

    [TestMethod]
    public void Fragments_are_joined_around_control_frames()
    {
        var run = TapAssert.Play(
            new TapScript().Up(WebSocketScript.Request).Down(WebSocketScript.Response())
                .Up([.. WebSocketScript.Frame(0x02, "ab"u8, true), .. WebSocketScript.Frame(0x89, "ping"u8, true)])
                .Up([.. WebSocketScript.Frame(0x00, [], true), .. WebSocketScript.Frame(0x80, "cd"u8, true)]),
            "http/1.1");
        StringAssert.EndsWith(run.Exchanges[1], ">binary abcd\n");
    }

    [TestMethod]
    [DataRow(126)]
    [DataRow(70_000)]
    public void Long_messages_are_unmasked(int length)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26))));
        foreach (var piece in (int[])[int.MaxValue, 1021, 3])
        {
            var run = Open().Up(WebSocketScript.Text(text, masked: true), piece).Close();
            StringAssert.EndsWith(run.Exchanges[1], $">text {text}\n");
        }
    }

    [TestMethod]
    [DataRow("permessage-deflate", true)]
    [DataRow("permessage-deflate; server_no_context_takeover; client_max_window_bits=15", false)]
    [DataRow("permessage-deflate; server_max_window_bits=\"12\" ; client_no_context_takeover", true)]
    public void Compressed_messages_inflate_with_the_window_agreed(string extensions, bool oneWindow)
    {
        string[] texts = ["{\"delta\":\"the same words\"}", "{\"delta\":\"the same words again\"}", "", "{\"delta\":\"the same words once more\"}"];
        var payloads = oneWindow ? WebSocketScript.Deflate(texts) : [.. texts.Select(t => WebSocketScript.Deflate(t)[0])];
        var script = new TapScript().Up(WebSocketScript.Request).Down(WebSocketScript.Response(extensions));
        foreach (var payload in payloads)
        {
            var half = payload.Length / 2;
            script.Down([.. WebSocketScript.Frame(0x41, payload.AsSpan(0, half), false), .. WebSocketScript.Frame(0x80, payload.AsSpan(half), false)]);
        }

        var run = TapAssert.Play(script.Down(WebSocketScript.Text("plain", false)), "http/1.1");
        StringAssert.EndsWith(run.Exchanges[1], string.Concat(texts.Append("plain").Select(t => $"<text {t}\n")));
        Assert.IsNull(run.Flow.OpaqueReason);
    }

    [TestMethod]
    public void A_message_that_inflates_without_end_stops_observing()
    {
        var bomb = WebSocketScript.Deflate(new string('a', 4_000_000))[0];
        Assert.IsLessThan(10_000, bomb.Length);
        var run = Open("permessage-deflate", new CaptureLimits { InflatedMessageBytes = 1_000_000, WebSocketMessageBytes = 100 });
        run.Down(WebSocketScript.Frame(0xc1, bomb, false));
        Assert.AreEqual(1, run.Counters["tap.opaque.websocket-inflate-limit"]);
        StringAssert.StartsWith(run.Exchanges[1], "WebSocket 1.1 101 ObservationStopped a WebSocket message inflates beyond the limit");
    }

    [TestMethod]
    public void Messages_are_cut_at_the_limit()
    {
        var run = Open("", new CaptureLimits { WebSocketMessageBytes = 3 }).Up(WebSocketScript.Text("12345", masked: true)).End(RelayDirection.Up).Close();
        StringAssert.Contains(run.Exchanges[1], "a message was cut at the capture limit");
        StringAssert.EndsWith(run.Exchanges[1], ">text 123\n");
    }

    [TestMethod]
    public void A_turn_ends_at_64_messages()
    {
        var run = Open();
        for (var i = 0; i < 130; i++)
        {
            run.Down(WebSocketScript.Text($"{i}", false));
        }

        Assert.HasCount(3, run.Exchanges);
        StringAssert.EndsWith(run.Exchanges[1], "<text 63\n");
        StringAssert.EndsWith(run.Close().Exchanges[3], "<text 128\n<text 129\n");
    }

    [TestMethod]
    public void A_message_in_flight_at_the_end_is_kept_and_marked()
    {
        var run = Open().Up(WebSocketScript.Frame(0x01, "par"u8, true)).End(RelayDirection.Up, aborted: true).Close();
        StringAssert.StartsWith(run.Exchanges[1], "WebSocket 1.1 101 AppAborted the connection ended inside a message");
        StringAssert.EndsWith(run.Exchanges[1], ">text par\n");
    }

    [TestMethod]
    public void Frames_against_the_rules_turn_opaque()
    {
        AssertOpaque("websocket-frame", Open().Up([0x83, 0x80, 0, 0, 0, 0]));
        AssertOpaque("websocket-frame", Open().Up([0x80, 0x80, 0, 0, 0, 0]));
        AssertOpaque("websocket-frame", Open().Up([0x09, 0x80, 0, 0, 0, 0]));
        AssertOpaque("websocket-frame", Open().Down([0xc1, 0x01, 0]));
        AssertOpaque("websocket-frame", Open().Down([0x82, 0x7f, 0xff, 0, 0, 0, 0, 0, 0, 0]));
        AssertOpaque("websocket-deflate", Open("permessage-deflate").Down([0xc1, 0x04, 0xff, 0xff, 0xff, 0xff]));
        AssertOpaque("websocket-extension", Open("x-multiplex").Down([0x81, 0x00]));
    }

    [TestMethod]
    public void A_frame_of_announced_exabytes_allocates_nothing_for_them()
    {
        var run = Open().Down([0x82, 0x7f, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]);
        Assert.IsNull(run.Flow.OpaqueReason);
        StringAssert.EndsWith(run.Close().Exchanges[1], "<binary \x01\x02\x03\n");
    }

    private static TapRun Open(string extensions = "", CaptureLimits? limits = null) => new TapRun("http/1.1", limits)
        .Up(Encoding.ASCII.GetBytes(WebSocketScript.Request)).Down(Encoding.ASCII.GetBytes(WebSocketScript.Response(extensions)));

    private static void AssertOpaque(string slug, TapRun run) =>
        Assert.AreEqual(1, run.Counters["tap.opaque." + slug], string.Join(',', run.Counters.Read()));
}
