using System.Net.WebSockets;
using System.Text;

namespace AktoDivert.FunctionalTests.Proxy.Gates;

/// <summary>WebSockets through the gate, over an HTTP/1.1 upgrade and HTTP/2 extended CONNECT, with .NET's client and Kestrel.</summary>
[TestClass]
public sealed class WebSocketGateTests
{
    [TestMethod]
    [DataRow("1.1", false)]
    [DataRow("1.1", true)]
    [DataRow("2.0", false)]
    [DataRow("2.0", true)]
    public async Task Messages_are_passed_masked_and_blocked_one_by_one(string version, bool compressed)
    {
        await using var run = await GateRun.StartAsync(version);
        using var invoker = new HttpMessageInvoker(run.Proxy.Handler());
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.DangerousDeflateOptions = compressed ? new() : null;
        using var timeout = new CancellationTokenSource(ProxyUnderTest.Patience);
        await socket.ConnectAsync(new Uri($"wss://{ProxyUnderTest.Host}/ws"), invoker, timeout.Token);
        var filler = string.Concat(Enumerable.Range(0, 3000).Select(static i => $"{i * 7919 % 1000} "));
        foreach (var (sent, expected) in ((string, string)[])
        [
            ("hello", "hello"),
            ("BLOCKME", MarkerGuard.BlockedText),
            (filler + "one", filler + "one"),
            (filler + "SECRET42", filler + "********"),
            (filler + "two", filler + "two"),
            ("GROWME", "[something longer]"),
            (filler + "BLOCKME", MarkerGuard.BlockedText),
            (filler + "three", filler + "three"),
        ])
        {
            // In two fragments, so that a message is more than a frame.
            var bytes = Encoding.UTF8.GetBytes(sent);
            await socket.SendAsync(bytes.AsMemory(0, bytes.Length / 2), WebSocketMessageType.Text, endOfMessage: false, timeout.Token);
            await socket.SendAsync(bytes.AsMemory(bytes.Length / 2), WebSocketMessageType.Text, endOfMessage: true, timeout.Token);
            Assert.AreEqual(expected, await ReceiveAsync(socket, timeout.Token));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", timeout.Token);
        Assert.AreEqual("done", socket.CloseStatusDescription);
        Assert.IsFalse(run.Guard.Seen.Any(static s => s.StartsWith("server", StringComparison.Ordinal) && s.Contains("BLOCKME", StringComparison.Ordinal)));
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellation)
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                return Encoding.UTF8.GetString(message.ToArray());
            }
        }
    }
}
