using System.IO.Compression;
using AktoDivert.Capture.Decode;
using AktoDivert.Core.Content;

namespace AktoDivert.Fuzz.Targets;

/// <summary>Content decoders: any input under any coding ends, within the limit.</summary>
internal sealed class DecodeTarget : IFuzzTarget
{
    private const int Limit = 64 * 1024;

    private static readonly string[] Codings = ["gzip", "deflate", "br", "zstd", "gzip, br", "identity", "unknown"];

    public string Name => "decode";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Compress(s => new GZipStream(s, CompressionLevel.Fastest)),
        Compress(s => new ZLibStream(s, CompressionLevel.Fastest)),
        Compress(s => new DeflateStream(s, CompressionLevel.Fastest)),
        Compress(s => new BrotliStream(s, CompressionLevel.Fastest)),

        // A zstd frame with one raw block (RFC 8878 section 3.1.1).
        [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x03, 0x19, 0x00, 0x00, (byte)'a', (byte)'b', (byte)'c'],
    ];

    public void Execute(ReadOnlySpan<byte> input)
    {
        foreach (var coding in Codings)
        {
            using var output = new ByteBuffer(Limit);
            ContentDecoder.Decode(input.ToArray(), coding, output, Limit);
            if (output.Length > Limit)
            {
                throw new InvalidDataException($"{coding} exceeds the limit.");
            }
        }

        foreach (var charset in Enum.GetValues<BodyCharset>())
        {
            BodyText.ToUtf8(input.ToArray(), charset);
        }

        LoneSurrogates.Replace(input);
    }

    private static byte[] Compress(Func<Stream, Stream> coding)
    {
        using var target = new MemoryStream();
        using (var stream = coding(target))
        {
            stream.Write("{\"hello\":\"world, world, world\"}"u8);
        }

        return target.ToArray();
    }
}
