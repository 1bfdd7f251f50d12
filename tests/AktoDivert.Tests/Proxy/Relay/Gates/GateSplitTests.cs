using System.Text;
using AktoDivert.Core.Guarding;
using AktoDivert.Fuzz.Targets;
using AktoDivert.Fuzz.Targets.Gates;
using AktoDivert.Proxy.Relay;

namespace AktoDivert.Tests.Proxy.Relay.Gates;

/// <summary>Whole gates with every record cut in two at every byte, and into single bytes: what passes stays the same.</summary>
[TestClass]
public sealed class GateSplitTests
{
    [TestMethod]
    [DataRow(ResponseInterest.SameLength)]
    [DataRow(ResponseInterest.AnyLength)]
    [DataRow(ResponseInterest.Observe)]
    public void Http1_and_WebSockets_pass_the_same_however_they_are_cut(ResponseInterest interest)
    {
        var guard = new WordGuard { Responses = interest };
        foreach (var seed in new GateHttp1Target().Seeds)
        {
            using var whole = GateRun.Play(seed, "http/1.1", guard, (int.MaxValue, int.MaxValue));
            foreach (var cut in Cuts(seed))
            {
                using var run = GateRun.Play(seed, "http/1.1", guard, cut);
                Assert.AreEqual(Text(whole, RelayDirection.Up), Text(run, RelayDirection.Up), $"up, {cut}");
                Assert.AreEqual(Down(whole, interest), Down(run, interest), $"down, {cut}");
                Assert.AreEqual(whole.Fault?.Slug, run.Fault?.Slug);
            }
        }
    }

    [TestMethod]
    [DataRow(ResponseInterest.SameLength)]
    [DataRow(ResponseInterest.AnyLength)]
    public void Http2_says_the_same_on_every_stream_however_it_is_cut(ResponseInterest interest)
    {
        var guard = new WordGuard { Responses = interest };
        foreach (var seed in new GateHttp2Target().Seeds)
        {
            using var whole = GateRun.Play(seed, "h2", guard, (int.MaxValue, int.MaxValue));
            foreach (var cut in Cuts(seed))
            {
                using var run = GateRun.Play(seed, "h2", guard, cut);
                Assert.AreEqual(whole.Fault?.Slug, run.Fault?.Slug);
                foreach (var direction in (RelayDirection[])[RelayDirection.Up, RelayDirection.Down])
                {
                    var (expected, actual) = (Story(whole, direction), Story(run, direction));
                    foreach (var stream in expected.Streams.Union(actual.Streams))
                    {
                        Assert.AreEqual(expected[stream], actual[stream], $"{direction} stream {stream}, {cut}");
                    }
                }
            }
        }
    }

    [TestMethod]
    public void A_head_in_two_reads_is_still_one_of_HEAD()
    {
        using var run = new GateRun("http/1.1", new WordGuard());
        run.Up("HEAD / HT"u8).Up("TP/1.1\r\n\r\n"u8).Down("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"u8);
        Assert.AreEqual("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", Text(run, RelayDirection.Down));
    }

    [TestMethod]
    public void What_an_app_sent_ahead_of_an_upgrade_goes_first_where_the_gate_cannot_read_on()
    {
        using var run = new GateRun("http/1.1", new WordGuard());
        run.Up("GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"u8).Up("ahead "u8)
            .Down("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: unknown\r\n\r\n"u8).Up("behind"u8);
        StringAssert.EndsWith(Text(run, RelayDirection.Up), "\r\n\r\nahead behind");
    }

    [TestMethod]
    public void Broken_framing_keeps_the_order_of_what_was_held()
    {
        const string Response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\nnonsense\r\nmore";
        using var run = new GateRun("http/1.1", new WordGuard());
        run.Up("GET / HTTP/1.1\r\n\r\n"u8).Down(Encoding.ASCII.GetBytes(Response));
        Assert.AreEqual(Response, Text(run, RelayDirection.Down));
    }

    [TestMethod]
    [DataRow("DATA before SETTINGS", "http2-preface")]
    [DataRow("DATA before the head of its response", "http2-frame")]
    [DataRow("PUSH_PROMISE of the client", "http2-frame")]
    public void A_peer_that_breaks_the_protocol_ends_the_connection(string what, string slug)
    {
        using var run = new GateRun("h2", new WordGuard());
        run.Up(Http2Script.Client().Headers(1, true, ":method=GET", ":path=/a").ToArray());
        switch (what)
        {
            case "DATA before SETTINGS":
                run.Down(new Http2Script().Data(1, false, "x").ToArray());
                break;
            case "DATA before the head of its response":
                run.Down(Http2Script.Server().Data(1, false, "x").ToArray());
                break;
            default:
                run.Up(new Http2Script().Frame(AktoDivert.Proxy.Relay.Http2.Http2FrameType.PushPromise, 4, 1, [0, 0, 0, 2]).ToArray());
                break;
        }

        Assert.AreEqual(slug, run.Fault?.Slug);
    }

    // Of each record the first cut at every byte, then single bytes.
    private static IEnumerable<(int First, int Next)> Cuts(byte[] script)
    {
        var longest = 0;
        for (var at = 0; at + 3 <= script.Length; at += 3 + ((script[at + 1] << 8) | script[at + 2]))
        {
            longest = Math.Max(longest, (script[at + 1] << 8) | script[at + 2]);
        }

        return Enumerable.Range(1, longest).Select(first => (first, int.MaxValue)).Append((1, 1)).Append((2, 3));
    }

    private static string Text(GateRun run, RelayDirection direction) => Encoding.Latin1.GetString(run.Reached(direction));

    private static Http2Story Story(GateRun run, RelayDirection direction) => Http2Story.Read(run.Reached(direction), direction == RelayDirection.Up);

    // A body framed anew comes in chunks that depend on the reads: then what an app makes of it is compared.
    private static string Down(GateRun run, ResponseInterest interest) => interest != ResponseInterest.AnyLength
        ? Text(run, RelayDirection.Down)
        : new TapRun("http/1.1").Up(run.Reached(RelayDirection.Up)).Down(run.Reached(RelayDirection.Down)).End(RelayDirection.Down).Close().ToString();
}
