using System.Net;
using System.Net.WebSockets;
using System.Text;
using AktoDivert.Core.Exchanges;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AktoDivert.FunctionalTests.Proxy.Relay;

/// <summary>What .NET's own HTTP client and Kestrel say to each other, seen through the taps and compared with what was sent.</summary>
[TestClass]
public sealed class RealClientTapTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow("h2", "2.0")]
    [DataRow("http/1.1", "1.1")]
    public async Task A_hundred_parallel_calls_are_recorded_as_sent(string protocol, string version)
    {
        await using var server = await StartAsync(protocol);
        var sink = new CollectingSink();
        List<string?> opaque;
        await using (var pump = new TappedPump(sink, protocol, Port(server)))
        {
            using (var client = new HttpClient { DefaultRequestVersion = new Version(version), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact })
            {
                await Task.WhenAll(Enumerable.Range(0, 100).Select(i => CallAsync(client, pump.Port, i)));
            }

            await WaitAsync(() => sink.Exchanges.Count == 100);
            opaque = [.. pump.Flows.Select(f => f.OpaqueReason).Where(r => r is not null)];
        }

        CollectionAssert.AreEqual(Array.Empty<string>(), opaque);
        var byNumber = sink.Exchanges.ToDictionary(e => int.Parse(Text(e.RequestHeaders.Find("x-number"u8, out _)), null));
        for (var i = 0; i < 100; i++)
        {
            var exchange = byNumber[i];
            Assert.AreEqual(ExchangeEnd.Complete, exchange.End);
            Assert.AreEqual(200, exchange.StatusCode);
            Assert.AreEqual($"/echo/{i}", Text(exchange.RequestHeaders.Find(":path"u8, out _)));
            Assert.AreEqual(Body(i), Text(exchange.RequestBody.Kept.Span));
            Assert.AreEqual(Body(i), Text(exchange.ResponseBody.Kept.Span));
            Assert.AreEqual(new string('v', i * 20), Text(exchange.ResponseHeaders.Find("x-long"u8, out _)));
            // Kestrel sends trailers on HTTP/2 only.
            Assert.AreEqual(protocol == "h2" ? $"{i}" : "", Text(exchange.ResponseHeaders.Find("x-trailer"u8, out _)));
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task A_real_websocket_is_recorded_in_turns(bool compressed)
    {
        await using var server = await StartAsync("http/1.1");
        var sink = new CollectingSink();
        await using var pump = new TappedPump(sink, "http/1.1", Port(server));
        using var socket = new ClientWebSocket();
        socket.Options.DangerousDeflateOptions = compressed ? new WebSocketDeflateOptions() : null;
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{pump.Port}/ws"), TestContext.CancellationToken);
        var buffer = new byte[64 * 1024];
        for (var i = 1; i <= 3; i++)
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(Body(i)), WebSocketMessageType.Text, true, TestContext.CancellationToken);
            var answer = await socket.ReceiveAsync(buffer.AsMemory(), TestContext.CancellationToken);
            Assert.AreEqual(Body(i), Text(buffer.AsSpan(0, answer.Count)));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.CancellationToken);
        await WaitAsync(() => sink.Exchanges.Count == 4);
        var turns = sink.Exchanges.Skip(1).ToArray();
        for (var i = 1; i <= 3; i++)
        {
            Assert.AreEqual(ExchangeEnd.Complete, turns[i - 1].End);
            Assert.AreEqual(i, turns[i - 1].WebSocketTurn);
            CollectionAssert.AreEqual(new[] { true, false }, turns[i - 1].Messages.Select(m => m.FromApp).ToArray());
            Assert.IsTrue(turns[i - 1].Messages.TrueForAll(m => Text(m.Payload.Kept.Span) == Body(i)));
        }
    }

    private static string Body(int i) => string.Concat(Enumerable.Repeat($"body {i};", 1 + (i * 7)));

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private static async Task CallAsync(HttpClient client, int port, int i)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/echo/{i}") { Content = new StringContent(Body(i)) };
        request.Version = client.DefaultRequestVersion;
        request.VersionPolicy = client.DefaultVersionPolicy;
        request.Headers.Add("x-number", $"{i}");
        using var response = await client.SendAsync(request);
        Assert.AreEqual(Body(i), await response.Content.ReadAsStringAsync());
    }

    private static async Task<WebApplication> StartAsync(string protocol)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(
            IPAddress.Loopback, 0, l => l.Protocols = protocol == "h2" ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(context => context.WebSockets.IsWebSocketRequest ? EchoWebSocketAsync(context) : EchoAsync(context));
        await app.StartAsync();
        return app;
    }

    private static async Task EchoAsync(HttpContext context)
    {
        var number = context.Request.Headers["x-number"].ToString();
        context.Response.Headers["x-long"] = new string('v', int.Parse(number, null) * 20);
        await context.Request.Body.CopyToAsync(context.Response.Body);
        if (context.Response.SupportsTrailers())
        {
            context.Response.AppendTrailer("x-trailer", number);
        }
    }

    private static async Task EchoWebSocketAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { DangerousEnableCompression = true });
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var message = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (message.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
        }
    }

    private static int Port(WebApplication server) =>
        new Uri(server.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    private async Task WaitAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
