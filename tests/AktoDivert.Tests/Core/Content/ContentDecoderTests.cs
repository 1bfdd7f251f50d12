using System.IO.Compression;
using System.Text;
using AktoDivert.Core.Content;
using AktoDivert.Core.Content.Interop;

namespace AktoDivert.Tests.Core.Content;

[TestClass]
public sealed class ContentDecoderTests
{
    private const string Text = "hello hello hello hello, world";

    // "hello hello hello hello, world" by the reference encoder: zstd --no-check.
    private static readonly byte[] ZstdRaw = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 30, 0xf1, 0x00, 0x00, .. Encoding.UTF8.GetBytes(Text)];

    [TestMethod]
    [DataRow("gzip")]
    [DataRow("x-gzip")]
    [DataRow("GZIP")]
    [DataRow("deflate")]
    [DataRow("deflate-raw")]
    [DataRow("br")]
    [DataRow("identity")]
    [DataRow("")]
    [DataRow("gzip, br")]
    [DataRow("deflate, gzip, identity")]
    public void Every_coding_is_undone(string codings)
    {
        var (text, outcome) = Decode(Encode(Encoding.UTF8.GetBytes(Text), codings), codings.Replace("-raw", "", StringComparison.Ordinal));
        Assert.AreEqual((Text, DecodeOutcome.Complete), (text, outcome));
    }

    [TestMethod]
    public void Zstd_is_undone_or_left_alone_without_its_library()
    {
        var expected = ZstdDecoder.IsAvailable ? (Text, DecodeOutcome.Complete) : ("", DecodeOutcome.Unsupported);
        Assert.AreEqual(expected, Decode(ZstdRaw, "zstd"));
    }

    [TestMethod]
    [DataRow("gzip")]
    [DataRow("deflate")]
    [DataRow("br")]
    public void A_body_cut_at_every_byte_gives_a_beginning(string coding)
    {
        var plain = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 60).Select(i => $"{i * 7919 % 1009} ")));
        var whole = Encode(plain, coding);
        var longest = 0;
        for (var cut = 0; cut < whole.Length; cut++)
        {
            var (text, _) = Decode(whole[..cut], coding);
            StringAssert.StartsWith(Encoding.UTF8.GetString(plain), text);
            longest = Math.Max(longest, text.Length);
        }

        Assert.IsGreaterThan(plain.Length / 2, longest);
    }

    [TestMethod]
    [DataRow("gzip")]
    [DataRow("deflate")]
    [DataRow("br")]
    public void A_bomb_of_100_MB_stops_at_the_limit(string coding)
    {
        var bomb = Encode(new byte[100 << 20], coding);
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var output = new ByteBuffer(1 << 20);
        Assert.AreEqual(DecodeOutcome.OverLimit, ContentDecoder.Decode(bomb, coding, output, 1 << 20));
        Assert.AreEqual(1 << 20, output.Length);
        Assert.IsLessThan(16L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Unknown_codings_and_too_many_are_refused()
    {
        Assert.AreEqual(DecodeOutcome.Unsupported, Decode([1], "compress").Outcome);
        Assert.AreEqual(DecodeOutcome.Unsupported, Decode([1], "gzip,gzip,gzip,gzip,gzip").Outcome);
    }

    private static (string Text, DecodeOutcome Outcome) Decode(byte[] input, string codings)
    {
        using var output = new ByteBuffer(1 << 20);
        var outcome = ContentDecoder.Decode(input, codings, output, 1 << 20);
        return (Encoding.UTF8.GetString(output.Span), outcome);
    }

    private static byte[] Encode(byte[] bytes, string codings)
    {
        foreach (var coding in codings.Split(',', StringSplitOptions.TrimEntries))
        {
            using var target = new MemoryStream();
            using (Stream stream = coding.ToLowerInvariant() switch
            {
                "gzip" or "x-gzip" => new GZipStream(target, CompressionLevel.Fastest),
                "deflate" => new ZLibStream(target, CompressionLevel.Fastest),
                "deflate-raw" => new DeflateStream(target, CompressionLevel.Fastest),
                "br" => new BrotliStream(target, CompressionLevel.Fastest),
                _ => new BufferedStream(target),
            })
            {
                stream.Write(bytes);
                stream.Flush();
                bytes = coding is "" or "identity" ? target.ToArray() : bytes;
            }

            bytes = coding is "" or "identity" ? bytes : target.ToArray();
        }

        return bytes;
    }
}
