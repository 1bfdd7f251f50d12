using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Guardrails;
using AktoDivert.Guardrails.Policies;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.FunctionalTests.Proxy.Gates;

/// <summary>A token that the server splits over messages of a WebSocket, through the guard and the gates. The upstream says what it is told.</summary>
[TestClass]
public sealed class WebSocketHoldTests
{
    private const string Token = "AKIA" + "Z3MSJV4WWXPK5RTQ";
    private const string Before = "the key ";
    private const string Text = Before + Token + " is old.";
    private const string Masked = Before + "[SECRET ***********] is old.";

    [TestMethod]
    [DataRow("1.1", "/v1/realtime", false)]
    [DataRow("1.1", "/v1/realtime", true)]
    [DataRow("1.1", "/c/api/chat", false)]
    [DataRow("2.0", "/v1/realtime", false)]
    [DataRow("2.0", "/v1/realtime", true)]
    [DataRow("2.0", "/c/api/chat", true)]
    public async Task A_token_split_at_any_byte_never_leaks_one(string version, string path, bool compressed)
    {
        await using var run = await RunAsync(version, path, compressed, "redact", GateRun.Patient);
        for (var cut = 1; cut < Text.Length; cut++)
        {
            Assert.AreEqual(Masked, await run.HearAsync($"t{cut}", Text[..cut], Text[cut..]), $"cut at {cut}");
        }

        Assert.AreEqual(Masked, await run.HearAsync("each", [.. Text.Select(static c => c.ToString())]), "a character a message");
        Assert.AreEqual("nothing to find.", await run.HearAsync("clean", "nothing", " to", " find."));
    }

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task What_waits_for_more_passes_when_the_server_is_quiet_or_ends(string version)
    {
        await using var run = await RunAsync(version, "/v1/realtime", false, "redact", GateRun.Patient with { ReleaseAfter = TimeSpan.FromMilliseconds(50) });
        var delta = run.Delta("q", "the key AKIAZ3MS");
        await run.SendAsync(delta);
        Assert.AreEqual(delta, await run.ReceiveAsync());
        await run.SendAsync(delta);
        await run.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", run.Cancellation);
        Assert.AreEqual(delta, await run.ReceiveAsync());
        Assert.IsNull(await run.ReceiveAsync());
        Assert.AreEqual("bye", run.Socket.CloseStatusDescription);
    }

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task Of_what_is_blocked_no_message_passes_and_the_next_is_judged_again(string version)
    {
        await using var run = await RunAsync(version, "/v1/realtime", false, "block", GateRun.Patient);
        for (var round = 0; round < 2; round++)
        {
            await run.SendAsync(run.Delta("b", "the key " + Token[..9]));
            await run.SendAsync(run.Delta("b", Token[9..] + " is old."));
            var heard = await run.ReceiveAsync();
            StringAssert.Contains(heard, "No keys.");
            Assert.DoesNotContain("AKIA", heard);
            var clean = run.Delta("c", "nothing to find.");
            await run.SendAsync(clean);
            Assert.AreEqual(clean, await run.ReceiveAsync());
        }
    }

    private static Task<Talk> RunAsync(string version, string path, bool compressed, string action, GateOptions gate) => Talk.StartAsync(
        version,
        path,
        compressed,
        gate,
        new PolicyGuard("test", [], null, new AgentCounters(), TimeProvider.System)
        {
            Policies = PolicyCompiler.Compile(
                [
                    new GuardrailPolicy
                    {
                        Name = "keys", Action = action, Message = "No keys.", Scope = new() { Direction = "response" }, Detectors = [new GuardrailDetector { Type = "secrets" }],
                    },
                ],
                out _),
        });

    private sealed class Talk(GateUpstream upstream, ProxyUnderTest proxy, string path) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _patience = new(ProxyUnderTest.Patience * 3);

        public ClientWebSocket Socket { get; } = new();

        public CancellationToken Cancellation => _patience.Token;

        public static async Task<Talk> StartAsync(string version, string path, bool compressed, GateOptions gate, PolicyGuard guard)
        {
            var upstream = await GateUpstream.StartAsync(null);
            var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint, o => o with { Gate = gate }, guard: guard);
            var talk = new Talk(upstream, proxy, path);
            talk.Socket.Options.HttpVersion = Version.Parse(version);
            talk.Socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
            talk.Socket.Options.DangerousDeflateOptions = compressed ? new() : null;
            using var invoker = new HttpMessageInvoker(proxy.Handler());
            await talk.Socket.ConnectAsync(new Uri($"wss://{ProxyUnderTest.Host}{path}"), invoker, talk.Cancellation);
            return talk;
        }

        /// <summary>A piece of text as the API of the path sends it.</summary>
        public string Delta(string id, string text) => path == "/v1/realtime"
            ? JsonSerializer.Serialize(new { type = "response.output_text.delta", item_id = id, delta = text })
            : JsonSerializer.Serialize(new { @event = "appendText", messageId = id, text });

        /// <summary>Has the server say a text in pieces; what arrives of it.</summary>
        public async Task<string> HearAsync(string id, params string[] pieces)
        {
            foreach (var piece in pieces)
            {
                await SendAsync(Delta(id, piece));
            }

            // The end of the text, behind which nothing waits.
            await SendAsync(path == "/v1/realtime" ? JsonSerializer.Serialize(new { type = "response.output_text.done", item_id = id }) : """{"event":"done"}""");
            var heard = new StringBuilder();
            for (var i = 0; i < pieces.Length; i++)
            {
                using var message = JsonDocument.Parse((await ReceiveAsync())!);
                heard.Append(message.RootElement.GetProperty(path == "/v1/realtime" ? "delta" : "text").GetString());
            }

            Assert.Contains("done", (await ReceiveAsync())!);
            return heard.ToString();
        }

        public Task SendAsync(string text) => Socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Cancellation);

        /// <summary>The next message; null when the server closes.</summary>
        public async Task<string?> ReceiveAsync()
        {
            var buffer = new byte[64 * 1024];
            var received = await Socket.ReceiveAsync(buffer.AsMemory(), Cancellation);
            Assert.IsTrue(received.EndOfMessage);
            return received.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(buffer, 0, received.Count);
        }

        public async ValueTask DisposeAsync()
        {
            Socket.Dispose();
            await proxy.DisposeAsync();
            await upstream.DisposeAsync();
            _patience.Dispose();
        }
    }
}
