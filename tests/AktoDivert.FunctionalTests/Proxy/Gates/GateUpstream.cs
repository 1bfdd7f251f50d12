using System.Net;
using System.Text;
using System.Text.Json;
using AktoDivert.Core.Content;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AktoDivert.FunctionalTests.Proxy.Gates;

/// <summary>Kestrel with what gates are tried on.</summary>
internal sealed class GateUpstream : IAsyncDisposable
{
    private const string Split = "xxWORDTOMASKyy WORDTOMASKWORDTOMASKWORDTOWORDTOMASK zz WORDTO";

    private readonly WebApplication _app;
    private int _requests;
    private int _bodies;

    private GateUpstream(WebApplication app) => _app = app;

    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>Requests that reached a handler.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Bodies that were wholly read.</summary>
    public int Bodies => Volatile.Read(ref _bodies);

    public TaskCompletionSource<string> FirstPart { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<GateUpstream> StartAsync(Action<KestrelServerOptions>? configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            configure?.Invoke(kestrel);
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(ProxyUnderTest.UpstreamAuthority.Leaf(ProxyUnderTest.Host));
            });
        });
        var app = builder.Build();
        app.UseWebSockets();
        var upstream = new GateUpstream(app);
        upstream.Map(app);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        upstream.EndPoint = new(IPAddress.Loopback, new Uri(address).Port);
        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private void Map(WebApplication app)
    {
        app.Use((context, next) =>
        {
            Interlocked.Increment(ref _requests);
            return next(context);
        });
        app.MapPost("/echo", async context =>
        {
            var body = await ReadAsync(context);
            context.Response.Headers["x-uniq"] = context.Request.Headers["x-uniq"];
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body);
        });
        app.MapPost("/raw", async context => await context.Response.Body.WriteAsync(await ReadAsync(context)));
        app.MapPost("/talk", async context =>
        {
            context.Response.ContentType = context.Request.ContentType;
            await context.Response.Body.FlushAsync();
            await context.Request.Body.CopyToAsync(context.Response.Body);
        });
        app.MapPost("/v1/chat/completions", ChatAsync);
        app.MapPost("/first", async context =>
        {
            var buffer = new byte[100];
            var count = await context.Request.Body.ReadAsync(buffer);
            var first = Encoding.UTF8.GetString(buffer, 0, count);
            FirstPart.TrySetResult(first);
            using var rest = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(first + await rest.ReadToEndAsync());
        });
        app.MapPost("/early", async context =>
        {
            context.Response.Headers["x-uniq"] = context.Request.Headers["x-uniq"];
            await context.Response.WriteAsync("early");
            await context.Response.CompleteAsync();
            await context.Request.Body.CopyToAsync(Stream.Null);
        });
        app.MapPost("/trailers", async context =>
        {
            var body = await ReadAsync(context);
            context.Response.AppendTrailer("x-trailer", context.Request.Headers["x-uniq"]);
            await context.Response.Body.WriteAsync(body);
        });
        app.MapGet("/split", SplitAsync);
        app.MapGet("/coded", CodedAsync);
        app.MapGet("/quiet", async context =>
        {
            Arrived.TrySetResult();
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: WORDTO");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        app.MapGet("/stop", async context =>
        {
            context.RequestAborted.Register(() => Aborted.TrySetResult());
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: good\n\n");
            await context.Response.Body.FlushAsync();
            await context.Response.WriteAsync("data: STOPHERE and what must not be seen");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        app.Map("/ws", WebSocketAsync);
        app.Map("/v1/realtime", WebSocketAsync);
        app.Map("/c/api/chat", WebSocketAsync);
    }

    private async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Interlocked.Increment(ref _bodies);
        return body.ToArray();
    }

    /// <summary>Says what it was asked, as OpenAI's chat API does; streamed in two pieces per word.</summary>
    private async Task ChatAsync(HttpContext context)
    {
        using var request = JsonDocument.Parse(await ReadAsync(context));
        var text = request.RootElement.GetProperty("messages")[0].GetProperty("content").GetString()!;
        if (!request.RootElement.GetProperty("stream").GetBoolean())
        {
            await context.Response.WriteAsJsonAsync(new { choices = new[] { new { index = 0, message = new { role = "assistant", content = text } } } });
            return;
        }

        context.Response.ContentType = "text/event-stream";
        foreach (var piece in text.Chunk(4))
        {
            var chunk = new { choices = new[] { new { index = 0, delta = new { content = new string(piece) } } } };
            await context.Response.WriteAsync($"data: {JsonSerializer.Serialize(chunk)}\n\n");
            await context.Response.Body.FlushAsync();
        }

        await context.Response.WriteAsync("data: [DONE]\n\n");
    }

    private static async Task SplitAsync(HttpContext context)
    {
        var step = int.Parse(context.Request.Query["step"]!, System.Globalization.CultureInfo.InvariantCulture);
        context.Response.ContentLength = context.Request.Query["length"] == "True" ? Split.Length : null;
        for (var i = 0; i < Split.Length; i += step)
        {
            await context.Response.WriteAsync(Split[i..Math.Min(Split.Length, i + step)]);
            await context.Response.Body.FlushAsync();
        }
    }

    private static async Task CodedAsync(HttpContext context)
    {
        var coding = context.Request.Query["coding"].ToString();
        var text = new string('a', 100_000) + "WORDTOMASK" + new string('b', 100_000);
        var body = ContentEncoder.TryEncode(Encoding.UTF8.GetBytes(text), coding)!.Value;
        context.Response.Headers.ContentEncoding = coding;
        context.Response.ContentLength = body.Length;
        foreach (var part in body.ToArray().Chunk(37))
        {
            await context.Response.Body.WriteAsync(part);
        }
    }

    private static async Task WebSocketAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { DangerousEnableCompression = true });
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (received.MessageType == System.Net.WebSockets.WebSocketMessageType.Close)
            {
                await socket.CloseAsync(socket.CloseStatus ?? default, socket.CloseStatusDescription, context.RequestAborted);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }
    }
}
