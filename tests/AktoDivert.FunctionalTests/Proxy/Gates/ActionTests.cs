using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Guardrails;
using AktoDivert.Guardrails.Policies;
using AktoDivert.Tests.Shared;

namespace AktoDivert.FunctionalTests.Proxy.Gates;

/// <summary>The guard itself behind the gates: each action of a policy on JSON over HTTP/1.1, an event stream over HTTP/2, and a WebSocket.</summary>
[TestClass]
public sealed class ActionTests
{
    private const string Marker = "ZEBRA-1234";
    private const string Reason = "No zebras.";

    [TestMethod]
    [DataRow("1.1", "alert")]
    [DataRow("1.1", "warn")]
    [DataRow("1.1", "redact")]
    [DataRow("1.1", "block")]
    [DataRow("2.0", "alert")]
    [DataRow("2.0", "warn")]
    [DataRow("2.0", "redact")]
    [DataRow("2.0", "block")]
    public async Task A_prompt_meets_its_action(string version, string action)
    {
        var time = new TestTimeProvider();
        await using var upstream = await GateUpstream.StartAsync(null);
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint, o => o with { Gate = GateRun.Patient }, guard: Guard(action, "request", time));
        using var client = proxy.HttpClient(Version.Parse(version));
        var (status, answer) = await AskAsync(client, version);
        switch (action)
        {
            case "alert":
                Assert.AreEqual(HttpStatusCode.OK, status);
                StringAssert.Contains(Spoken(answer), Marker);
                Assert.AreEqual(0, proxy.Counters["gate.connections"], "where nothing can be done but alert there is no gate");
                break;
            case "redact":
                Assert.AreEqual(HttpStatusCode.OK, status);
                Assert.IsFalse(Spoken(answer).Contains("ZEBRA", StringComparison.Ordinal), answer);
                break;
            case "warn":
                AssertRefused(status, answer, upstream);
                time.Advance(TimeSpan.FromSeconds(5));
                (status, answer) = await AskAsync(client, version);
                Assert.AreEqual(HttpStatusCode.OK, status, "the same again passes, once a person had the time to read");
                StringAssert.Contains(Spoken(answer), Marker);
                break;
            default:
                AssertRefused(status, answer, upstream);
                (status, answer) = await AskAsync(client, version);
                AssertRefused(status, answer, upstream);
                break;
        }
    }

    [TestMethod]
    [DataRow("1.1", "redact")]
    [DataRow("1.1", "block")]
    [DataRow("2.0", "redact")]
    [DataRow("2.0", "block")]
    public async Task An_answer_meets_its_action(string version, string action)
    {
        await using var upstream = await GateUpstream.StartAsync(null);
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint, o => o with { Gate = GateRun.Patient }, guard: Guard(action, "response", new()));
        using var client = proxy.HttpClient(Version.Parse(version));
        var (status, answer) = await AskAsync(client, version);
        Assert.IsFalse(Spoken(answer).Contains("ZEBRA", StringComparison.Ordinal), answer);
        Assert.AreEqual(action == "block", answer.Contains(Reason, StringComparison.Ordinal), $"{status}: {answer}");
    }

    [TestMethod]
    [DataRow("1.1", "alert")]
    [DataRow("1.1", "warn")]
    [DataRow("1.1", "redact")]
    [DataRow("1.1", "block")]
    [DataRow("2.0", "redact")]
    [DataRow("2.0", "block")]
    public async Task A_message_of_a_WebSocket_meets_its_action(string version, string action)
    {
        var time = new TestTimeProvider();
        await using var upstream = await GateUpstream.StartAsync(null);
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint, o => o with { Gate = GateRun.Patient }, guard: Guard(action, "request", time));
        using var invoker = new HttpMessageInvoker(proxy.Handler());
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var timeout = new CancellationTokenSource(ProxyUnderTest.Patience);
        await socket.ConnectAsync(new Uri($"wss://{ProxyUnderTest.Host}/ws"), invoker, timeout.Token);
        var message = $$$"""{"type":"response.create","model":"m","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"about {{{Marker}}} please"}]}]}""";
        var first = await SayAsync(socket, message, timeout.Token);
        switch (action)
        {
            case "alert":
                Assert.AreEqual(message, first);
                break;
            case "redact":
                Assert.IsFalse(first.Contains("ZEBRA", StringComparison.Ordinal), first);
                StringAssert.Contains(first, "response.create");
                break;
            default:
                StringAssert.Contains(first, Reason);
                time.Advance(TimeSpan.FromSeconds(5));
                var second = await SayAsync(socket, message, timeout.Token);
                Assert.AreEqual(action == "warn", second == message, second);
                break;
        }

        Assert.AreEqual("\"harmless\"", await SayAsync(socket, "\"harmless\"", timeout.Token), "the socket goes on");
    }

    private static void AssertRefused(HttpStatusCode status, string answer, GateUpstream upstream)
    {
        Assert.AreEqual(HttpStatusCode.BadRequest, status);
        StringAssert.Contains(answer, Reason);
        Assert.AreEqual(0, upstream.Bodies);
    }

    private static PolicyGuard Guard(string action, string direction, TestTimeProvider time) => new("test", [], null, new AgentCounters(), time)
    {
        Policies = PolicyCompiler.Compile(
            [
                new GuardrailPolicy
                {
                    Name = "zebras", Action = action, Message = Reason, Scope = new() { Direction = direction },
                    Detectors = [new GuardrailDetector { Type = "regex", Patterns = ["ZEBRA-[0-9]{4}"] }],
                },
            ],
            out _),
    };

    // Over HTTP/2 the answer streams.
    private static async Task<(HttpStatusCode Status, string Answer)> AskAsync(HttpClient client, string version)
    {
        var streams = version == "2.0" ? "true" : "false";
        using var content = new StringContent(
            $$$"""{"model":"m","stream":{{{streams}}},"messages":[{"role":"user","content":"about {{{Marker}}} please"}]}""", Encoding.UTF8, "application/json");
        using var response = await client.PostAsync("/v1/chat/completions", content);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The text of an answer, put together when it was streamed.</summary>
    private static string Spoken(string answer) => answer.StartsWith("data:", StringComparison.Ordinal)
        ? string.Concat(Regex.Matches(answer, "\"content\":\"([^\"]*)\"").Select(static m => m.Groups[1].Value))
        : answer;

    private static async Task<string> SayAsync(ClientWebSocket socket, string text, CancellationToken cancellation)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, cancellation);
        var buffer = new byte[64 * 1024];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }
}
