using System.Net;
using System.Text;
using AktoDivert.Core.Content;
using AktoDivert.Core.Guarding;
using AktoDivert.Tests.Shared;

namespace AktoDivert.FunctionalTests.Proxy.Gates;

/// <summary>The gates between .NET's client and Kestrel, over HTTP/1.1 and HTTP/2.</summary>
[TestClass]
public sealed class GateTests
{
    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task What_the_guard_allows_passes_and_is_recorded_as_judged(string version)
    {
        await using var run = await GateRun.StartAsync(version);
        using var response = await run.Client.PostAsync("/echo", Json("hello"));
        Assert.AreEqual("hello", await response.Content.ReadAsStringAsync());
        var exchange = await run.NextExchangeAsync();
        Assert.IsTrue(exchange.Judgement.IsJudged);
        Assert.AreEqual(Verdict.Allow, exchange.Judgement.Verdict);
        Assert.AreEqual("request True hello", run.Guard.Seen.Single());
    }

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task A_blocked_request_is_answered_and_its_body_never_reaches_the_server(string version)
    {
        await using var run = await GateRun.StartAsync(version);
        using var response = await run.Client.PostAsync("/echo", Json("please BLOCKME now"));
        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.AreEqual(MarkerGuard.BlockedText, await response.Content.ReadAsStringAsync());
        Assert.AreEqual("false", response.Headers.GetValues("x-should-retry").Single());
        var exchange = await run.NextExchangeAsync();
        Assert.AreEqual((Verdict.Block, true, 400), (exchange.Judgement.Verdict, exchange.Judgement.Blocked, exchange.StatusCode));
        Assert.AreEqual("[blocked]", Encoding.UTF8.GetString(exchange.RequestBody.Kept.Span));
        Assert.AreEqual("markers", exchange.Judgement.Findings.Single().Policy);
        Assert.AreEqual(0, run.Upstream.Bodies);
        await run.AssertUsableAsync();
    }

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task What_is_denied_by_its_head_never_reaches_the_server(string version)
    {
        await using var run = await GateRun.StartAsync(version);
        for (var i = 0; i < 5; i++)
        {
            using var get = await run.Client.GetAsync("/deny?q=secret");
            Assert.AreEqual(HttpStatusCode.BadRequest, get.StatusCode);
            using var post = await run.Client.PostAsync("/deny", Json(new string('x', 300_000)));
            Assert.AreEqual(MarkerGuard.BlockedText, await post.Content.ReadAsStringAsync());
            await run.AssertUsableAsync();
        }

        Assert.AreEqual(5, run.Upstream.Requests);
    }

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task A_secret_is_masked_in_place(string version)
    {
        await using var run = await GateRun.StartAsync(version);
        foreach (var size in (int[])[0, 20_000, 500_000])
        {
            var text = new string('a', size) + "SECRET42" + new string('b', size);
            using var response = await run.Client.PostAsync("/echo", Json(text));
            Assert.AreEqual(text.Replace("SECRET42", "********", StringComparison.Ordinal), await response.Content.ReadAsStringAsync());
            var exchange = await run.NextExchangeAsync();
            Assert.AreEqual(-1, exchange.RequestBody.Kept.Span.IndexOf("SECRET42"u8));
        }
    }

    [TestMethod]
    [DataRow("1.1", "gzip")]
    [DataRow("2.0", "gzip")]
    [DataRow("1.1", "zstd")]
    [DataRow("2.0", "zstd")]
    [DataRow("2.0", "br")]
    public async Task A_compressed_request_is_decoded_masked_and_encoded_again(string version, string coding)
    {
        await using var run = await GateRun.StartAsync(version);
        if (ContentEncoder.TryEncode("{\"a\":\"SECRET42\"}"u8.ToArray(), coding) is not { } body)
        {
            Assert.Inconclusive("needs libzstd1");
            return;
        }

        using var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentEncoding.Add(coding);
        using var response = await run.Client.PostAsync("/raw", content);
        var echoed = await response.Content.ReadAsByteArrayAsync();
        using var decoded = new ByteBuffer(1000);
        Assert.AreEqual(DecodeOutcome.Complete, ContentDecoder.Decode(echoed, coding, decoded, 1000));
        Assert.AreEqual("{\"a\":\"********\"}", Encoding.UTF8.GetString(decoded.Span));
    }

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task A_body_of_another_length_is_framed_anew(string version)
    {
        await using var run = await GateRun.StartAsync(version);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/echo") { Content = new ChunkedContent("one GROWME two"), Version = Version.Parse(version) };
        using var response = await run.Client.SendAsync(request);
        Assert.AreEqual("one [something longer] two", await response.Content.ReadAsStringAsync());
    }

    [TestMethod]
    public async Task Over_http2_a_body_of_declared_length_that_would_change_it_is_blocked()
    {
        await using var run = await GateRun.StartAsync("2.0");
        using var response = await run.Client.PostAsync("/echo", Json("one GROWME two"));
        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.AreEqual(0, run.Upstream.Bodies);
        using var http1 = run.Proxy.HttpClient(HttpVersion.Version11);
        using var longer = await http1.PostAsync("/echo", Json("one GROWME two"));
        Assert.AreEqual("one [something longer] two", await longer.Content.ReadAsStringAsync());
    }

    [TestMethod]
    [DataRow("1.1", ResponseInterest.SameLength)]
    [DataRow("2.0", ResponseInterest.SameLength)]
    [DataRow("1.1", ResponseInterest.AnyLength)]
    [DataRow("2.0", ResponseInterest.AnyLength)]
    public async Task A_word_in_a_response_is_masked_however_it_is_split(string version, ResponseInterest interest)
    {
        await using var run = await GateRun.StartAsync(version, new MarkerGuard { Responses = interest });
        for (var step = 1; step <= 12; step++)
        {
            foreach (var declared in (bool[])[true, false])
            {
                using var response = await run.Client.GetAsync($"/split?step={step}&length={declared}");
                Assert.AreEqual(
                    "xx**********yy ********************WORDTO********** zz WORDTO", await response.Content.ReadAsStringAsync(), $"step {step}");
            }
        }
    }

    [TestMethod]
    [DataRow("1.1", "gzip")]
    [DataRow("2.0", "gzip")]
    [DataRow("1.1", "br")]
    [DataRow("2.0", "br")]
    public async Task A_compressed_response_is_masked_and_comes_uncompressed(string version, string coding)
    {
        await using var run = await GateRun.StartAsync(version);
        using var response = await run.Client.GetAsync($"/coded?coding={coding}");
        Assert.AreEqual("", string.Join(',', response.Content.Headers.ContentEncoding));
        var text = await response.Content.ReadAsStringAsync();
        Assert.AreEqual(new string('a', 100_000) + "**********" + new string('b', 100_000), text);
    }

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task What_is_held_of_a_quiet_stream_is_released_by_a_timer(string version)
    {
        await using var run = await GateRun.StartAsync(version, gate: new());
        using var response = await run.Client.GetAsync("/quiet", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[100];
        var text = "";
        while (!text.EndsWith("WORDTO", StringComparison.Ordinal))
        {
            var count = await body.ReadAsync(buffer).AsTask().WaitAsync(ProxyUnderTest.Patience);
            Assert.AreNotEqual(0, count, text);
            text += Encoding.UTF8.GetString(buffer, 0, count);
        }

        Assert.AreEqual("data: WORDTO", text);
        Assert.AreEqual(1, run.Proxy.Counters["gate.released.quiet"]);
    }

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task A_running_stream_is_ended_with_the_guards_last_event(string version)
    {
        await using var run = await GateRun.StartAsync(version);
        using var response = await run.Client.GetAsync("/stop");
        var text = await response.Content.ReadAsStringAsync();
        StringAssert.StartsWith(text, "data: good\n\ndata: ");
        Assert.AreEqual(Encoding.UTF8.GetString(MarkerGuard.StreamTail), text["data: good\n\ndata: ".Length..].TrimStart('\n'));
        var exchange = await run.NextExchangeAsync();
        Assert.AreEqual(Verdict.Block, exchange.Judgement.Verdict);
        await run.Upstream.Aborted.Task.WaitAsync(ProxyUnderTest.Patience);
        await run.AssertUsableAsync();
    }

    [TestMethod]
    [DataRow("1.1", true)]
    [DataRow("2.0", true)]
    [DataRow("1.1", false)]
    [DataRow("2.0", false)]
    public async Task A_guard_that_fails_is_counted_and_open_or_closed_as_configured(string version, bool open)
    {
        await using var run = await GateRun.StartAsync(version, gate: GateRun.Patient with { FailOpen = open });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/echo") { Content = Json("hi"), Version = Version.Parse(version) };
        request.Headers.Add("x-throw", "1");
        using var response = await run.Client.SendAsync(request);
        Assert.AreEqual(open ? HttpStatusCode.OK : HttpStatusCode.BadRequest, response.StatusCode);
        var exchange = await run.NextExchangeAsync();
        Assert.AreEqual("the guard failed: InvalidOperationException", exchange.Judgement.Unchecked);
        Assert.AreEqual(1, run.Proxy.Counters["guard.unchecked.fault"]);
    }

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task A_guard_that_takes_too_long_is_not_waited_for(string version)
    {
        await using var run = await GateRun.StartAsync(version, gate: GateRun.Patient with { JudgeLimit = TimeSpan.FromMilliseconds(50) });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/echo") { Content = Json("hi"), Version = Version.Parse(version) };
        request.Headers.Add("x-hold-ms", "60000");
        using var response = await run.Client.SendAsync(request);
        Assert.AreEqual("hi", await response.Content.ReadAsStringAsync());
        Assert.AreEqual("the guard took too long", (await run.NextExchangeAsync()).Judgement.Unchecked);
    }

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task A_body_beyond_the_bound_is_judged_by_its_beginning(string version)
    {
        await using var run = await GateRun.StartAsync(version, gate: GateRun.Patient with { MaxHeldBytes = 100_000 });
        var body = WebUpstream.Bytes(3_000_000);
        using var response = await run.Client.PostAsync("/echo", new ByteArrayContent(body));
        Assert.IsTrue((await response.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(body));
        StringAssert.StartsWith(run.Guard.Seen.Single(), "request False 1");
        using var blocked = await run.Client.PostAsync("/echo", Json("BLOCKME" + new string('x', 2_000_000)));
        Assert.AreEqual(HttpStatusCode.BadRequest, blocked.StatusCode);
        await run.AssertUsableAsync();
    }

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task A_slow_body_is_judged_by_its_beginning_when_the_hold_limit_passes(string version)
    {
        await using var run = await GateRun.StartAsync(version, gate: GateRun.Patient with { HoldLimit = TimeSpan.FromMilliseconds(100) });
        using var content = new TwoPartContent("first ", "second");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/first") { Content = content, Version = Version.Parse(version) };
        var sending = run.Client.SendAsync(request);
        Assert.AreEqual("first ", await run.Upstream.FirstPart.Task.WaitAsync(ProxyUnderTest.Patience));
        content.GoOn.SetResult();
        using var response = await sending.WaitAsync(ProxyUnderTest.Patience);
        Assert.AreEqual("first second", await response.Content.ReadAsStringAsync());
        Assert.AreEqual("request False first ", run.Guard.Seen.Single());
    }

    // The server has the head, and ends requests whose body does not come: bytes that keep coming to us do not help it.
    [TestMethod]
    public async Task Over_HTTP_2_the_hold_limit_passes_although_bytes_keep_coming()
    {
        await using var run = await GateRun.StartAsync("2.0", gate: GateRun.Patient with { HoldLimit = TimeSpan.FromMilliseconds(100) });
        using var content = new EndlessContent(run.Upstream.FirstPart.Task);
        using var response = await run.Client.PostAsync("/first", content).WaitAsync(ProxyUnderTest.Patience);
        var body = await response.Content.ReadAsStringAsync();
        Assert.AreEqual(content.Sent, body.Length);
        Assert.IsGreaterThan(1, content.Sent, "bytes kept coming");
        StringAssert.StartsWith(run.Guard.Seen.Single(), "request False ");
        Assert.AreEqual(1, run.Proxy.Counters["gate.judged-early.time"]);
    }

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task Every_guard_that_began_is_disposed_of(string version)
    {
        MarkerGuard guard;
        await using (var run = await GateRun.StartAsync(version))
        {
            guard = run.Guard;
            await run.AssertUsableAsync();
            using (await run.Client.PostAsync("/echo", Json("BLOCKME")))
            {
            }

            using (await run.Client.GetAsync("/deny"))
            {
            }

            using var leave = new CancellationTokenSource();
            var hanging = run.Client.GetAsync("/quiet", leave.Token);
            await run.Upstream.Arrived.Task.WaitAsync(ProxyUnderTest.Patience);
            await leave.CancelAsync();
            await Assert.ThrowsAsync<OperationCanceledException>(() => hanging);
        }

        using var timeout = new CancellationTokenSource(ProxyUnderTest.Patience);
        while (guard.Begun != Volatile.Read(ref guard.Disposed))
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [TestMethod]
    public async Task A_connection_that_is_only_observed_has_no_gate()
    {
        await using var run = await GateRun.StartAsync("2.0", new MarkerGuard { Interest = GuardInterest.Observe });
        using var response = await run.Client.PostAsync("/echo", Json("BLOCKME"));
        Assert.AreEqual("BLOCKME", await response.Content.ReadAsStringAsync());
        Assert.AreEqual((0, 0L), (run.Guard.Begun, run.Proxy.Counters["gate.connections"]));
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
