using System.IO.Compression;
using AktoDivert.Core.Content.Interop;

namespace AktoDivert.Core.Content;

/// <summary>Applies a content coding (RFC 9110 section 8.4) to a body that was changed.</summary>
public static class ContentEncoder
{
    /// <summary>Encodes <paramref name="body"/>; null when the coding is unknown, stacked, or its library is missing.</summary>
    /// <param name="body">The body without coding.</param>
    /// <param name="coding">One coding's name; empty or <c>identity</c> for none.</param>
    public static ReadOnlyMemory<byte>? TryEncode(ReadOnlyMemory<byte> body, string coding) => coding.Trim().ToLowerInvariant() switch
    {
        "" or "identity" => body,
        "gzip" or "x-gzip" => Compress(body, static to => new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true)),
        "deflate" => Compress(body, static to => new ZLibStream(to, CompressionLevel.Fastest, leaveOpen: true)),
        "br" => Compress(body, static to => new BrotliStream(to, CompressionLevel.Fastest, leaveOpen: true)),
        "zstd" when ZstdDecoder.IsAvailable => ZstdEncoder.Encode(body.Span),
        _ => null,
    };

    private static ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> body, Func<Stream, Stream> compressor)
    {
        using var target = new MemoryStream();
        using (var stream = compressor(target))
        {
            stream.Write(body.Span);
        }

        return target.GetBuffer().AsMemory(0, (int)target.Length);
    }
}
