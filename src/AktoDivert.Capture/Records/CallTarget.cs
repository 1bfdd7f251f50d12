using System.Text;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Capture.Records;

/// <summary>What an exchange calls, scrubbed, in UTF-8.</summary>
internal readonly ref struct CallTarget
{
    private const int MaxPath = 16 * 1024;

    /// <summary>Reads it from the request's head.</summary>
    public CallTarget(Exchange exchange, PathScrubber paths)
    {
        var headers = exchange.RequestHeaders;
        Authority = First(HeaderWriter.Find(headers, ":authority"u8), HeaderWriter.Find(headers, "host"u8));
        Authority = Authority.IsEmpty ? Encoding.UTF8.GetBytes(exchange.Flow.Host) : Authority;
        Method = Upper(First(HeaderWriter.Find(headers, ":method"u8), "GET"u8));
        Path = paths.Scrub(Cut(First(HeaderWriter.Find(headers, ":path"u8), "/"u8)));
    }

    /// <summary>Method in upper case.</summary>
    public ReadOnlySpan<byte> Method { get; }

    /// <summary>The host, with its port when the app named one.</summary>
    public ReadOnlySpan<byte> Authority { get; }

    /// <summary>Path and query.</summary>
    public ReadOnlySpan<byte> Path { get; }

    private static ReadOnlySpan<byte> First(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => one.IsEmpty ? other : one;

    private static ReadOnlySpan<byte> Upper(ReadOnlySpan<byte> method)
    {
        if (!method.ContainsAnyInRange((byte)'a', (byte)'z'))
        {
            return method;
        }

        var upper = method.ToArray();
        Ascii.ToUpperInPlace(upper, out _);
        return upper;
    }

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> path)
    {
        if (path.Length <= MaxPath)
        {
            return path;
        }

        // Not within a character.
        var end = MaxPath;
        while ((path[end] & 0xc0) == 0x80)
        {
            end--;
        }

        return path[..end];
    }
}
