using System.Globalization;
using System.Security.Cryptography;

namespace AktoDivert.Lab.Upstream.Shapes;

/// <summary>Nobody's API: answers made for measuring what arrives.</summary>
internal static class PlainShapes
{
    private const int Block = 64 * 1024;

    /// <summary>The length and hash of the body that arrived.</summary>
    public static Task EchoAsync(HttpContext context)
    {
        var record = Recording.RecordOf(context);
        return Answers.JsonAsync(context, 200, new { length = record.RequestLength, sha256 = record.RequestSha256, host = record.Host, protocol = record.Protocol });
    }

    /// <summary><c>/bytes/{n}</c>: n bytes that are the same every time, with their hash in <c>x-lab-sha256</c>. At most 1 GiB.</summary>
    public static async Task BytesAsync(HttpContext context)
    {
        if (!long.TryParse(context.Request.Path.Value!["/bytes/".Length..], CultureInfo.InvariantCulture, out var length) || length is < 0 or > 1 << 30)
        {
            await Answers.NotFoundAsync(context);
            return;
        }

        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = length;
        context.Response.Headers["x-lab-sha256"] = Sha256OfBytes(length);
        var block = MakeBlock();
        for (var left = length; left > 0; left -= Block)
        {
            await context.Response.Body.WriteAsync(block.AsMemory(0, (int)Math.Min(left, Block)), context.RequestAborted);
        }
    }

    /// <summary><c>/sse?n=&amp;ms=</c>: n numbered events, ms apart.</summary>
    public static Task EventsAsync(HttpContext context)
    {
        var count = Number(context, "n", 5, 100_000);
        return Answers.StreamAsync(
            context,
            Enumerable.Range(0, count).Select(number => Answers.Event(new { number })),
            TimeSpan.FromMilliseconds(Number(context, "ms", 20, 60_000)));
    }

    /// <summary>A body, then a trailer with its hash.</summary>
    public static async Task TrailersAsync(HttpContext context)
    {
        var block = MakeBlock();
        context.Response.DeclareTrailer("x-lab-trailer");
        await context.Response.Body.WriteAsync(block, context.RequestAborted);
        context.Response.AppendTrailer("x-lab-trailer", Convert.ToHexStringLower(SHA256.HashData(block)));
    }

    /// <summary><c>/slow?ms=</c>: the answer comes after that time.</summary>
    public static async Task SlowAsync(HttpContext context)
    {
        await Task.Delay(Number(context, "ms", 1000, 300_000), context.RequestAborted);
        await EchoAsync(context);
    }

    /// <summary>Sends every message back as it came.</summary>
    public static async Task EchoSocketAsync(HttpContext context)
    {
        using var socket = await WebSocketMessages.AcceptAsync(context);
        await foreach (var (content, type) in WebSocketMessages.ReadAsync(socket, context))
        {
            await socket.SendAsync(content, type, true, context.RequestAborted);
        }
    }

    /// <summary>The hash of the first <paramref name="length"/> bytes of <c>/bytes</c>.</summary>
    public static string Sha256OfBytes(long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = MakeBlock();
        for (var left = length; left > 0; left -= Block)
        {
            hash.AppendData(block, 0, (int)Math.Min(left, Block));
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>Bytes of every value in an order no compression guesses.</summary>
    private static byte[] MakeBlock()
    {
        var block = new byte[Block];
        var value = 0x9E3779B9u;
        for (var index = 0; index < block.Length; index++)
        {
            value = (value * 1664525) + 1013904223;
            block[index] = (byte)(value >> 24);
        }

        return block;
    }

    private static int Number(HttpContext context, string name, int otherwise, int most) =>
        int.TryParse(context.Request.Query[name], CultureInfo.InvariantCulture, out var value) ? Math.Clamp(value, 0, most) : otherwise;
}
