using System.IO.Compression;
using System.Text;

namespace AktoDivert.Console.Storage;

/// <summary>Bytes at rest, compressed with Brotli at its fastest level, because ingestion is bound by the processor and not by the disk.</summary>
internal static class StoredText
{
    private const int Quality = 1;
    private const int Window = 18;

    /// <summary>Compresses text for storage.</summary>
    public static byte[] Pack(string text) => Pack(Encoding.UTF8.GetBytes(text));

    /// <summary>Compresses bytes for storage.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> bytes)
    {
        var packed = new byte[MostPacked(bytes.Length)];
        return packed[..Pack(bytes, packed)];
    }

    /// <summary>Compresses bytes for storage into <paramref name="packed"/>, which has room for <see cref="MostPacked"/>.</summary>
    /// <returns>How many bytes they take.</returns>
    public static int Pack(ReadOnlySpan<byte> bytes, Span<byte> packed) => BrotliEncoder.TryCompress(bytes, packed, out var written, Quality, Window)
        ? written
        : throw new InvalidOperationException("Brotli needed more than its own bound.");

    /// <summary>How many bytes compression can take at most.</summary>
    public static int MostPacked(int length) => BrotliEncoder.GetMaxCompressedLength(length);

    /// <summary>Reverses <see cref="Pack(string)"/>.</summary>
    public static string Unpack(byte[] packed) => Encoding.UTF8.GetString(UnpackBytes(packed));

    /// <summary>Reverses <see cref="Pack(ReadOnlySpan{byte})"/>.</summary>
    public static byte[] UnpackBytes(byte[] packed)
    {
        using var plain = new MemoryStream();
        using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        brotli.CopyTo(plain);
        return plain.ToArray();
    }
}
