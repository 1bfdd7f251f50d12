using System.Text;
using AktoDivert.Fuzz.Targets;
using AktoDivert.Proxy.Relay;

namespace AktoDivert.Tests.Proxy.Relay.Http1;

[TestClass]
public sealed class Http1TapTests
{
    [TestMethod]
    public void A_call_is_recorded_with_its_heads_and_bodies()
    {
        var run = Play(
            "POST /v1/messages?beta=true HTTP/1.1\r\nHost: api.test\r\nContent-Length: 5\r\nX-A:  b \r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        AssertExchanges(
            run,
            "Http11 1.0 200 Complete \n>:method=POST\n>:scheme=https\n>:authority=api.test\n>:path=/v1/messages?beta=true\n>Host=api.test\n"
            + ">Content-Length=5\n>X-A=b\n>>hello\n<:status=200\n<Content-Length=2\n<<ok\n");
        Assert.IsNull(run.Flow.OpaqueReason);
    }

    [TestMethod]
    public void Pipelined_requests_are_paired_in_order()
    {
        var run = Play(
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
        CollectionAssert.AreEqual(new[] { "/1 200 1", "/2 200 ", "/3 204 " }, run.Exchanges.Select(Brief).ToArray());
    }

    [TestMethod]
    public void Chunks_extensions_and_trailers_are_unframed()
    {
        var run = Play(
            "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5;name=\"v\"\r\nhello\r\n1 \r\n!\r\n0\r\nDigest: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n00a\r\n0123456789\r\n0\r\n\r\n");
        StringAssert.Contains(run.Exchanges[0], ">Digest=x\n>>hello!\n");
        StringAssert.Contains(run.Exchanges[0], "<<0123456789\n");
    }

    [TestMethod]
    public void Informational_responses_do_not_end_the_call()
    {
        var run = Play(
            "PUT /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        Assert.HasCount(1, run.Exchanges);
        StringAssert.StartsWith(run.Exchanges[0], "Http11 1.0 201 Complete");
        Assert.DoesNotContain("Link", run.Exchanges[0]);
    }

    [TestMethod]
    public void A_response_may_last_until_the_server_closes()
    {
        var run = Play("GET / HTTP/1.0\r\nHost: a\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nall of it");
        StringAssert.StartsWith(run.Exchanges[0], "Http11 1.0 200 Complete \n");
        StringAssert.EndsWith(run.Exchanges[0], "<<all of it\n");
    }

    [TestMethod]
    public void Bare_line_feeds_folding_and_empty_lines_are_tolerated()
    {
        var run = Play("\r\n\nGET /f HTTP/1.1\nHost: a\nX: one\n  two\n\tthree\n\n", "HTTP/1.1 200\nContent-Length: 0\n\n");
        StringAssert.Contains(run.Exchanges[0], ">X=one two three\n");
        Assert.IsNull(run.Flow.OpaqueReason);
    }

    [TestMethod]
    public void An_absolute_target_gives_authority_and_path()
    {
        var run = Play("GET http://b.test?q=1 HTTP/1.1\r\nHost: a\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "");
        StringAssert.Contains(run.Exchanges[0], ">:authority=b.test\n>:path=?q=1\n");
        StringAssert.Contains(run.Exchanges[1], ">:authority=a\n>:path=*\n");
    }

    [TestMethod]
    public void An_early_response_waits_for_the_request()
    {
        var run = new TapRun("http/1.1").Up("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab"u8).Down("HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n"u8);
        Assert.HasCount(0, run.Exchanges);
        run.Up("cd"u8);
        StringAssert.StartsWith(run.Exchanges[0], "Http11 1.0 413 Complete \n");
        Assert.HasCount(0, run.Close().Exchanges.Skip(1));
    }

    [TestMethod]
    public void A_connection_that_closes_after_an_early_response_leaves_a_complete_exchange()
    {
        var run = new TapRun("http/1.1").Up("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab"u8).Down("HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n"u8);
        run.End(RelayDirection.Down).Close();
        StringAssert.StartsWith(run.Exchanges.Single(), "Http11 1.0 413 Complete the response was complete before the request");
    }

    [TestMethod]
    [DataRow(true, "AppAborted")]
    [DataRow(false, "UpstreamAborted")]
    public void A_cut_call_is_the_fault_of_the_side_that_ended_first(bool appFirst, string end)
    {
        var (first, second) = appFirst ? (RelayDirection.Up, RelayDirection.Down) : (RelayDirection.Down, RelayDirection.Up);
        var run = new TapRun("http/1.1").Up("GET / HTTP/1.1\r\n\r\n"u8).Down("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal"u8);
        run.End(first, aborted: true).End(second).Close();
        StringAssert.StartsWith(run.Exchanges.Single(), $"Http11 1.0 200 {end}");
    }

    [TestMethod]
    [DataRow("\x16\x03\x01\x02\x00", "", "not-http", DisplayName = "another protocol")]
    [DataRow("", "220 smtp ready\r\n", "not-http", DisplayName = "server first")]
    [DataRow("hello there\r\n\r\n", "", "not-http", DisplayName = "text")]
    [DataRow("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "", "not-http", DisplayName = "HTTP/2 without ALPN")]
    [DataRow("GET / HTTP/1.1\r\n\r\nwhat?\r\n\r\n", "", "http1-syntax", DisplayName = "second request malformed")]
    [DataRow("GET / HTTP/1.1\r\nno colon\r\n\r\n", "", "http1-syntax", DisplayName = "line without colon")]
    [DataRow("GET / HTTP/1.1\r\nName : x\r\n\r\n", "", "http1-syntax", DisplayName = "space before the colon")]
    [DataRow("GET / HTTP/1.1\r\n\r\n", "ICY 200 OK\r\n\r\n", "http1-syntax", DisplayName = "not a status line")]
    [DataRow("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 408 T\r\n\r\n", "http1-unasked", DisplayName = "unasked")]
    [DataRow("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "", "http1-framing", DisplayName = "two lengths")]
    [DataRow("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "", "http1-framing", DisplayName = "negative length")]
    [DataRow("POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n", "", "http1-framing", DisplayName = "signed length")]
    [DataRow("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", "", "http1-framing", DisplayName = "huge length")]
    [DataRow("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", "", "http1-framing", DisplayName = "request coding without end")]
    [DataRow("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "", "http1-chunk", DisplayName = "no chunk size")]
    [DataRow("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", "", "http1-chunk", DisplayName = "chunk too long")]
    [DataRow("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", "", "http1-chunk", DisplayName = "chunk of 2^64")]
    [DataRow("CONNECT b:443 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "tunnel", DisplayName = "CONNECT")]
    [DataRow("GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n", "HTTP/1.1 101 S\r\nUpgrade: h2c\r\n\r\n", "upgrade", DisplayName = "other upgrade")]
    public void What_is_not_understood_turns_opaque_with_its_reason(string up, string down, string slug)
    {
        var run = Play(up, down);
        Assert.AreEqual(1, run.Counters["tap.opaque." + slug], string.Join(',', run.Counters.Read()));
        Assert.IsNotNull(run.Flow.OpaqueReason);
    }

    [TestMethod]
    public void Equal_content_lengths_are_one()
    {
        var run = Play("POST / HTTP/1.1\r\nContent-Length: 2, 2\r\nContent-Length: 2\r\n\r\nab", "");
        Assert.IsNull(run.Flow.OpaqueReason);
    }

    [TestMethod]
    public void An_open_call_is_marked_when_the_connection_turns_opaque()
    {
        var run = new TapRun("http/1.1").Up("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzz"u8);
        StringAssert.StartsWith(run.Exchanges.Single(), "Http11 1.0 0 ObservationStopped an HTTP/1.1 chunk is malformed\n");
        Assert.HasCount(1, run.Up("GET / HTTP/1.1\r\n\r\n"u8).Close().Exchanges);
    }

    [TestMethod]
    public void A_head_beyond_the_limit_turns_opaque_however_it_is_split()
    {
        var head = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nX: " + new string('x', 64 * 1024) + "\r\n\r\n");
        foreach (var piece in (int[])[int.MaxValue, 16384, 1000])
        {
            Assert.AreEqual(1, new TapRun("http/1.1").Up(head, piece).Counters["tap.opaque.http1-head-limit"], $"{piece}");
        }
    }

    [TestMethod]
    public void More_pipelined_requests_than_observed_turn_opaque()
    {
        var run = new TapRun("http/1.1", new CaptureLimits { MaxOpenStreams = 2 });
        run.Up("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n"u8);
        Assert.AreEqual(1, run.Counters["tap.opaque.open-limit"]);
        Assert.HasCount(2, run.Exchanges);
    }

    [TestMethod]
    public void Bodies_are_cut_at_the_limit_and_counted()
    {
        var exchange = default((long Total, int Kept));
        var run = new TapRun("http/1.1", new CaptureLimits { RequestBodyBytes = 3 })
        {
            Inspect = e => exchange = (e.RequestBody.TotalBytes, e.RequestBody.Kept.Length),
        };
        run.Up("POST / HTTP/1.1\r\nContent-Length: 8\r\n\r\n12345678"u8).Down("HTTP/1.1 204 No\r\n\r\n"u8);
        Assert.AreEqual((8L, 3), exchange);
        StringAssert.Contains(run.Exchanges[0], "Complete request body cut at the capture limit");
    }

    [TestMethod]
    public void Every_split_in_two_gives_the_same_exchanges() => TapAssert.SplitsAtEveryByte(
        "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nT: 1\r\n\r\nGET /d HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(),
        "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"u8.ToArray(),
        "http/1.1");

    private static TapRun Play(string up, string down) => TapAssert.Play(new TapScript().Up(up).Down(down), "http/1.1");

    private static void AssertExchanges(TapRun run, params string[] exchanges) => CollectionAssert.AreEqual(exchanges, run.Exchanges);

    private static string Brief(string exchange)
    {
        var lines = exchange.Split('\n');
        var path = lines.First(l => l.StartsWith(">:path=", StringComparison.Ordinal))[7..];
        var body = lines.FirstOrDefault(l => l.StartsWith("<<", StringComparison.Ordinal)) ?? "<<";
        return $"{path} {lines[0].Split(' ')[2]} {body[2..]}";
    }
}
