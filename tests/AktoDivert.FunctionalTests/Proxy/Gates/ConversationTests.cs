using System.Net;
using System.Text;

namespace AktoDivert.FunctionalTests.Proxy.Gates;

/// <summary>Streams that never end before they are answered, and connections with requests one behind the other.</summary>
[TestClass]
public sealed class ConversationTests
{
    [TestMethod]
    [DataRow("application/grpc")]
    [DataRow("application/grpc-web+proto")]
    [DataRow("application/connect+json")]
    public async Task Enveloped_messages_are_judged_one_by_one_while_the_request_goes_on(string type)
    {
        await using var run = await GateRun.StartAsync("2.0");
        using var content = new TalkContent();
        content.Headers.TryAddWithoutValidation("content-type", type);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/talk") { Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await run.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(ProxyUnderTest.Patience);
        await using var answers = await response.Content.ReadAsStreamAsync();
        foreach (var (sent, expected) in ((string, string)[])[("hello", "hello"), ("a SECRET42 b", "a ******** b"), ("GROWME", "[something longer]"), (new string('x', 100_000), new string('x', 100_000))])
        {
            var envelope = Envelope(sent);
            await content.SayAsync(envelope.AsMemory(0, 3));
            await content.SayAsync(envelope.AsMemory(3));
            Assert.AreEqual(expected, await ReadEnvelopeAsync(answers));
        }

        await content.SayAsync(Envelope("BLOCKME"));
        await Assert.ThrowsAsync<IOException>(() => ReadEnvelopeAsync(answers));
        content.End();
        Assert.IsFalse(run.Guard.Seen.Any(static s => s.StartsWith("server", StringComparison.Ordinal) && s.Contains("BLOCKME", StringComparison.Ordinal)));
        await run.AssertUsableAsync();
    }

    [TestMethod]
    public async Task A_message_that_does_not_end_goes_on_when_the_hold_limit_passes()
    {
        await using var run = await GateRun.StartAsync("2.0", gate: GateRun.Patient with { HoldLimit = TimeSpan.FromMilliseconds(100) });
        using var content = new TalkContent();
        content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/talk") { Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await run.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(ProxyUnderTest.Patience);
        await using var answers = await response.Content.ReadAsStreamAsync();
        var envelope = Envelope("half of it");
        await content.SayAsync(envelope.AsMemory(0, 9));
        var first = new byte[9];
        await answers.ReadExactlyAsync(first).AsTask().WaitAsync(ProxyUnderTest.Patience);
        await content.SayAsync(envelope.AsMemory(9));
        var rest = new byte[envelope.Length - 9];
        await answers.ReadExactlyAsync(rest).AsTask().WaitAsync(ProxyUnderTest.Patience);
        CollectionAssert.AreEqual(envelope, (byte[])[.. first, .. rest]);
        Assert.IsTrue(run.Guard.Seen.Contains("app False half"), string.Join('\n', run.Guard.Seen));
        content.End();
    }

    [TestMethod]
    public async Task Requests_behind_a_blocked_one_are_not_sent_and_the_answers_before_it_come_first()
    {
        await using var run = await GateRun.StartAsync("1.1");
        await using var tls = await run.Proxy.ConnectTlsAsync();
        await tls.WriteAsync(Encoding.ASCII.GetBytes(Post("/echo", "hello") + Post("/echo", "SECRET42") + Post("/echo", "BLOCKME") + Post("/echo", "never")));
        using var reader = new StreamReader(tls);
        var text = await reader.ReadToEndAsync().WaitAsync(ProxyUnderTest.Patience);
        var answers = text.Split("HTTP/1.1 ", StringSplitOptions.RemoveEmptyEntries);
        Assert.HasCount(3, answers, text);
        StringAssert.EndsWith(answers[0], "hello");
        StringAssert.EndsWith(answers[1], "********");
        StringAssert.StartsWith(answers[2], "400 ");
        StringAssert.Contains(answers[2], "connection: close");
        StringAssert.EndsWith(answers[2], MarkerGuard.BlockedText);
        Assert.AreEqual((2, 2), (run.Upstream.Requests, run.Upstream.Bodies));
    }

    private static string Post(string path, string body) => $"POST {path} HTTP/1.1\r\nHost: {ProxyUnderTest.Host}\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static byte[] Envelope(string text) =>
        [0, 0, (byte)(text.Length >> 16), (byte)(text.Length >> 8), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static async Task<string> ReadEnvelopeAsync(Stream stream)
    {
        var prefix = new byte[5];
        await stream.ReadExactlyAsync(prefix).AsTask().WaitAsync(ProxyUnderTest.Patience);
        var message = new byte[(prefix[2] << 16) | (prefix[3] << 8) | prefix[4]];
        await stream.ReadExactlyAsync(message).AsTask().WaitAsync(ProxyUnderTest.Patience);
        return Encoding.ASCII.GetString(message);
    }
}
