using System.IO.Compression;
using System.Security.Cryptography;
using AktoDivert.Core.Content;

namespace AktoDivert.Lab.Upstream;

/// <summary>Reads each request's body, writes what arrived and what is answered into the log, and compresses where the vendor does.</summary>
internal static class Recording
{
    private const int DecodedLimit = 16 * 1024 * 1024;

    private static readonly object RecordKey = new();
    private static readonly object BodyKey = new();

    public static async Task InvokeAsync(HttpContext context, RequestLog log, RequestDelegate next)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        var record = log.Add(new RequestRecord
        {
            Call = CallIdentity.Of(request.Headers),
            Host = request.Host.Host,
            Method = request.Method,
            Url = request.Path.ToUriComponent() + request.QueryString.ToUriComponent(),
            Protocol = request.Protocol,
            ContentEncoding = request.Headers.ContentEncoding.ToString(),
            RequestLength = body.Length,
            RequestSha256 = Convert.ToHexStringLower(SHA256.HashData(body.ToArray())),
            ClaimedSha256 = request.Headers["x-lab-sha256"].ToString(),
        });
        CountPrompt(record, body.ToArray(), record.ContentEncoding);
        context.Items[RecordKey] = record;
        context.Items[BodyKey] = body.ToArray();
        if (context.WebSockets.IsWebSocketRequest)
        {
            await next(context);
            record.Status = context.Response.StatusCode;
            record.Completed = true;
            return;
        }

        var wire = context.Response.Body;
        var compressed = Compresses(request) ? new GZipStream(wire, CompressionLevel.Fastest, leaveOpen: true) : null;
        using var hashing = new HashingStream(compressed ?? wire);
        context.Response.Body = hashing;
        if (compressed is not null)
        {
            context.Response.Headers.ContentEncoding = "gzip";
        }

        try
        {
            await next(context);
        }
        finally
        {
            record.Status = context.Response.StatusCode;
            record.ResponseLength = hashing.BytesWritten;
            record.ResponseSha256 = hashing.Sha256;
        }

        record.Completed = true;
        if (compressed is not null)
        {
            await compressed.DisposeAsync();
        }
    }

    public static RequestRecord RecordOf(HttpContext context) => (RequestRecord)context.Items[RecordKey]!;

    /// <summary>The request's body as it came over the wire.</summary>
    public static byte[] BodyOf(HttpContext context) => (byte[])context.Items[BodyKey]!;

    /// <summary>Counts a body or message that holds a client's prompt.</summary>
    public static void CountPrompt(RequestRecord record, ReadOnlyMemory<byte> content, string coding = "")
    {
        using var decoded = new ByteBuffer(DecodedLimit);
        ContentDecoder.Decode(content, coding, decoded, DecodedLimit);
        record.PromptMentions += decoded.Span.IndexOf("lab call "u8) >= 0 ? 1 : 0;
    }

    /// <summary>Anthropic's edge compresses answers, event streams too, for whoever accepts it.</summary>
    private static bool Compresses(HttpRequest request) =>
        request.Host.Host == "api.anthropic.com" && request.Path == "/v1/messages"
        && request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal);
}
