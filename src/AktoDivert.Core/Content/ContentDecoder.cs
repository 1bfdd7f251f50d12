using System.Buffers;
using System.IO.Compression;
using AktoDivert.Core.Content.Interop;

namespace AktoDivert.Core.Content;

/// <summary>
/// Undoes content and transfer codings (RFC 9110 section 8.4, RFC 9112 section 7) of a body that may be cut anywhere. The output is
/// bounded, so an input that inflates a thousandfold costs no more than one that does not.
/// </summary>
public static class ContentDecoder
{
    private const int Step = 16 * 1024;

    /// <summary>
    /// Appends the decoded body to <paramref name="output"/>; with <see cref="DecodeOutcome.Unsupported"/> nothing is appended.
    /// </summary>
    /// <param name="input">The body as it passed.</param>
    /// <param name="codings">Their names, comma-separated, in the order they were applied; empty for none.</param>
    /// <param name="output">Receives what inflates, up to its limit.</param>
    /// <param name="limit">Most bytes of an intermediate result when several codings are stacked.</param>
    public static DecodeOutcome Decode(ReadOnlyMemory<byte> input, string codings, ByteBuffer output, int limit)
    {
        var names = codings.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (names.Length > 4 || names.Any(n => !IsSupported(n)))
        {
            return DecodeOutcome.Unsupported;
        }

        // Codings are listed in the order they were applied.
        var outcome = DecodeOutcome.Complete;
        for (var i = names.Length - 1; i > 0; i--)
        {
            using var stage = new ByteBuffer(limit);
            outcome = Worse(outcome, DecodeOne(input, names[i], stage));
            input = stage.Span.ToArray();
        }

        return Worse(outcome, DecodeOne(input, names.Length == 0 ? "identity" : names[0], output));
    }

    private static bool IsSupported(string coding) => coding.ToLowerInvariant() switch
    {
        "identity" or "gzip" or "x-gzip" or "deflate" or "br" => true,
        "zstd" => ZstdDecoder.IsAvailable,
        _ => false,
    };

    private static DecodeOutcome DecodeOne(ReadOnlyMemory<byte> input, string coding, ByteBuffer output)
    {
        switch (coding.ToLowerInvariant())
        {
            case "gzip" or "x-gzip":
                return Inflate(new GZipStream(new ReadOnlyMemoryStream(input), CompressionMode.Decompress), output);
            case "deflate":
                return Deflate(input, output);
            case "br":
                return Brotli(input.Span, output);
            case "zstd":
                return ZstdDecoder.Decode(input.Span, output);
            default:
                output.Append(input.Span);
                return input.Length > output.Length ? DecodeOutcome.OverLimit : DecodeOutcome.Complete;
        }
    }

    // "deflate" means the zlib format, but some servers send raw deflate and every client takes both.
    private static DecodeOutcome Deflate(ReadOnlyMemory<byte> input, ByteBuffer output)
    {
        var bytes = input.Span;
        var isZlib = bytes.Length >= 2 && (bytes[0] & 0x0f) == 8 && ((bytes[0] << 8) | bytes[1]) % 31 == 0;
        Stream stream = new ReadOnlyMemoryStream(input);
        return Inflate(
            isZlib ? new ZLibStream(stream, CompressionMode.Decompress) : new DeflateStream(stream, CompressionMode.Decompress), output);
    }

    private static DecodeOutcome Inflate(Stream stream, ByteBuffer output)
    {
        using (stream)
        {
            try
            {
                while (true)
                {
                    var into = output.GetSpan(Step);
                    var count = stream.Read(into[..Math.Min(into.Length, Step)]);
                    if (count == 0)
                    {
                        return DecodeOutcome.Complete;
                    }

                    if (count > output.Free)
                    {
                        output.Advance(output.Free);
                        return DecodeOutcome.OverLimit;
                    }

                    output.Advance(count);
                }
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                // A zlib stream that asks for a dictionary is an IOException.
                return DecodeOutcome.Damaged;
            }
        }
    }

    private static DecodeOutcome Brotli(ReadOnlySpan<byte> input, ByteBuffer output)
    {
        using var decoder = new BrotliDecoder();
        while (true)
        {
            var status = decoder.Decompress(input, output.GetSpan(Step), out var consumed, out var written);
            input = input[consumed..];
            var overLimit = written > output.Free;
            output.Advance(written);
            if (overLimit)
            {
                return DecodeOutcome.OverLimit;
            }

            switch (status)
            {
                case OperationStatus.Done:
                    return DecodeOutcome.Complete;
                case OperationStatus.NeedMoreData or OperationStatus.InvalidData:
                    return DecodeOutcome.Damaged;
            }
        }
    }

    private static DecodeOutcome Worse(DecodeOutcome a, DecodeOutcome b) => a > b ? a : b;
}
