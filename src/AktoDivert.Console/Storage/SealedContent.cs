using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace AktoDivert.Console.Storage;

/// <summary>
/// A call's five texts as one blob: compressed together, so that what request and answer share costs once, and encrypted for the call's id.
/// Layout before compression: for each text its length in bytes (int32, little-endian; -1 for an absent one) and its UTF-8.
/// </summary>
/// <param name="RequestHeaders">JSON object string to string.</param>
/// <param name="RequestBody">As recorded.</param>
/// <param name="ResponseHeaders">JSON object string to string.</param>
/// <param name="ResponseBody">As recorded.</param>
/// <param name="Messages">JSON array of <c>AuditMessage</c>; null for plain HTTP.</param>
internal sealed record SealedContent(string RequestHeaders, string RequestBody, string ResponseHeaders, string ResponseBody, string? Messages)
{
    /// <summary>Compresses and encrypts.</summary>
    public byte[] Seal(ContentSeal seal, string callId)
    {
        string?[] texts = [RequestHeaders, RequestBody, ResponseHeaders, ResponseBody, Messages];
        var length = texts.Sum(t => sizeof(int) + (t is null ? 0 : Encoding.UTF8.GetByteCount(t)));
        var (plain, packed) = (ArrayPool<byte>.Shared.Rent(length), ArrayPool<byte>.Shared.Rent(StoredText.MostPacked(length)));
        try
        {
            Lay(texts, plain);
            return seal.Seal(packed.AsSpan(0, StoredText.Pack(plain.AsSpan(0, length), packed)), callId);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
            ArrayPool<byte>.Shared.Return(packed);
        }
    }

    /// <summary>Reverses <see cref="Seal"/>.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Another key, another call, or changed since.</exception>
    public static SealedContent Open(byte[] made, ContentSeal seal, string callId)
    {
        var plain = StoredText.UnpackBytes(seal.Open(made, callId));
        var at = 0;
        var texts = new string?[5];
        for (var i = 0; i < texts.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(plain.AsSpan(at));
            at += sizeof(int);
            texts[i] = length < 0 ? null : Encoding.UTF8.GetString(plain, at, length);
            at += Math.Max(length, 0);
        }

        return new SealedContent(texts[0] ?? "", texts[1] ?? "", texts[2] ?? "", texts[3] ?? "", texts[4]);
    }

    private static void Lay(ReadOnlySpan<string?> texts, Span<byte> plain)
    {
        foreach (var text in texts)
        {
            var length = text is null ? -1 : Encoding.UTF8.GetBytes(text, plain[sizeof(int)..]);
            BinaryPrimitives.WriteInt32LittleEndian(plain, length);
            plain = plain[(sizeof(int) + Math.Max(length, 0))..];
        }
    }
}
