using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Agent.Benchmarking;

/// <summary>
/// The server behind everything that is measured, HTTP/1.1 and HTTP/2 on loopback: <c>/json</c> and <c>/v1/messages</c> answer 1 KB, <c>/sse?n=&amp;ms=</c> sends
/// events that carry the time of their writing, <c>/upload</c> counts, <c>/download?bytes=</c> sends, <c>/ws</c> echoes.
/// </summary>
internal static class BenchmarkUpstream
{
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes($$"""{"id":"msg_01","type":"message","content":"{{new string('x', 973)}}"}""");
    private static readonly byte[] Chunk = RandomBytes(64 * 1024);

    /// <summary>Starts it; dispose it to stop.</summary>
    /// <returns>The running server and its port.</returns>
    public static async Task<(WebApplication Server, int Port)> StartAsync(string certificates)
    {
        using var pem = X509Certificate2.CreateFromPemFile(
            BenchmarkCertificates.ServerFile(certificates), BenchmarkCertificates.ServerKeyFile(certificates));
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(certificate);
            });
        });
        var server = builder.Build();
        server.UseWebSockets();
        server.Run(AnswerAsync);
        await server.StartAsync();
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return (server, new Uri(address).Port);
    }

    private static Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/json" or "/v1/messages" => AnswerJsonAsync(context),
        "/sse" => SendEventsAsync(context),
        "/upload" => CountAsync(context),
        "/download" => SendAsync(context),
        "/ws" => EchoAsync(context),
        _ => NotFound(context),
    };

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static async Task AnswerJsonAsync(HttpContext context)
    {
        await DrainAsync(context);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Answer.Length;
        context.Response.Headers["request-id"] = "req_0123456789abcdef";
        context.Response.Headers["x-ratelimit-remaining"] = "4999";
        await context.Response.BodyWriter.WriteAsync(Answer);
    }

    private static async Task SendEventsAsync(HttpContext context)
    {
        var (count, pause) = (Number(context, "n", 200), Number(context, "ms", 5));
        await DrainAsync(context);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        await context.Response.Body.FlushAsync();
        using var timer = pause > 0 ? new PeriodicTimer(TimeSpan.FromMilliseconds(pause)) : null;
        for (var i = 0; i < count; i++)
        {
            if (timer is not null)
            {
                await timer.WaitForNextTickAsync(context.RequestAborted);
            }

            var text = string.Create(
                CultureInfo.InvariantCulture,
                $$$"""event: content_block_delta{{{"\n"}}}data: {"type":"content_block_delta","t":{{{Stopwatch.GetTimestamp()}}},"delta":{"type":"text_delta","text":" lorem"}}{{{"\n\n"}}}""");
            await context.Response.WriteAsync(text, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private static async Task CountAsync(HttpContext context) =>
        await context.Response.WriteAsync((await DrainAsync(context)).ToString(CultureInfo.InvariantCulture));

    private static async Task SendAsync(HttpContext context)
    {
        var left = Number(context, "bytes", 1 << 20);
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = left;
        while (left > 0)
        {
            var part = Math.Min(left, Chunk.Length);
            await context.Response.BodyWriter.WriteAsync(Chunk.AsMemory(0, part), context.RequestAborted);
            left -= part;
        }
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }
    }

    private static async Task<long> DrainAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        for (long total = 0; ;)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            total += read.Buffer.Length;
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return total;
            }
        }
    }

    private static int Number(HttpContext context, string name, int otherwise) =>
        int.TryParse(context.Request.Query[name], CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
