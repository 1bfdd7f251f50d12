using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace AktoDivert.Console.Storage;

/// <summary>
/// Encrypts what the database must not tell whoever reads its files or backups: AES-256-GCM with a key that is kept beside the database and
/// never in it. Layout: version (1 byte), nonce (12), tag (16), ciphertext. What a text belongs to is authenticated with it, so that a
/// row's content cannot be moved to another row.
/// </summary>
internal sealed class ContentSeal : IDisposable
{
    private const byte Version = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int MostHashes = 50_000;
    private const int Head = 1 + NonceLength + TagLength;

    private readonly byte[] _content;
    private readonly byte[] _words;
    private readonly ConcurrentDictionary<string, int> _hashes = new(StringComparer.Ordinal);

    // One for each thread, since it must not be used by two at once and costs more to make than to encrypt a call with.
    private readonly ThreadLocal<AesGcm> _ciphers;

    /// <summary>Derives a key for each purpose (HKDF, RFC 5869) from the 32 bytes of <paramref name="master"/>.</summary>
    public ContentSeal(ReadOnlySpan<byte> master)
    {
        (_content, _words) = (Derive(master, "content"), Derive(master, "words"));
        _ciphers = new ThreadLocal<AesGcm>(() => new AesGcm(_content, TagLength), trackAllValues: true);
        Fingerprint = Convert.ToHexStringLower(Derive(master, "fingerprint").AsSpan(0, 8));
    }

    /// <summary>Names the key without telling it: nodes of one database compare it.</summary>
    public string Fingerprint { get; }

    /// <summary>Encrypts <paramref name="plain"/>, which belongs to <paramref name="owner"/>.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plain, string owner)
    {
        var made = new byte[Head + plain.Length];
        made[0] = Version;
        var nonce = made.AsSpan(1, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        _ciphers.Value!.Encrypt(nonce, plain, made.AsSpan(Head), made.AsSpan(1 + NonceLength, TagLength), Encoding.UTF8.GetBytes(owner));
        return made;
    }

    /// <summary>Reverses <see cref="Seal"/>.</summary>
    /// <exception cref="CryptographicException">It was sealed with another key, for another owner, or was changed since.</exception>
    public byte[] Open(ReadOnlySpan<byte> made, string owner)
    {
        if (made.Length < Head || made[0] != Version)
        {
            throw new CryptographicException("This was not sealed by this version.");
        }

        var plain = new byte[made.Length - Head];
        _ciphers.Value!.Decrypt(made.Slice(1, NonceLength), made[Head..], made.Slice(1 + NonceLength, TagLength), plain, Encoding.UTF8.GetBytes(owner));
        return plain;
    }

    /// <summary><see cref="Seal"/> for text; null for an empty one.</summary>
    public byte[]? SealText(string text, string owner) => text.Length == 0 ? null : Seal(Encoding.UTF8.GetBytes(text), owner);

    /// <summary>Reverses <see cref="SealText"/>.</summary>
    /// <exception cref="CryptographicException">As <see cref="Open"/>.</exception>
    public string OpenText(byte[]? made, string owner) => made is null ? "" : Encoding.UTF8.GetString(Open(made, owner));

    /// <summary>A keyed hash of a word for <see cref="WordIndex"/>, 24 bits.</summary>
    public int WordHash(ReadOnlySpan<char> word)
    {
        if (_hashes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var known))
        {
            return known;
        }

        // People use few words often, so most prompts need no HMAC at all. When the words are too many to be people's, it starts over.
        if (_hashes.Count >= MostHashes)
        {
            _hashes.Clear();
        }

        var text = word.ToString();
        return _hashes[text] = Hash(Encoding.UTF8.GetBytes(text));
    }

    private int Hash(ReadOnlySpan<byte> word)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_words, word, hash);
        return (hash[0] << 16) | (hash[1] << 8) | hash[2];
    }

    public void Dispose()
    {
        foreach (var cipher in _ciphers.Values)
        {
            cipher.Dispose();
        }

        _ciphers.Dispose();
        CryptographicOperations.ZeroMemory(_content);
        CryptographicOperations.ZeroMemory(_words);
    }

    private static byte[] Derive(ReadOnlySpan<byte> master, string purpose)
    {
        var key = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master, key, salt: [], info: Encoding.UTF8.GetBytes($"aktodivert-console {purpose}"));
        return key;
    }
}
