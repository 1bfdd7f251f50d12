using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AktoDivert.Capture.Upload;

/// <summary>
/// AES-256-GCM over single records. The place of a record (segment and offset) is authenticated with it, so that frames cannot be
/// moved or repeated. The key lies in a file of its own, 0600: it protects copies of the spool (backups, images), not against root.
/// </summary>
internal sealed class SpoolCipher : IDisposable
{
    public const int NonceBytes = 12;
    public const int TagBytes = 16;
    private const int KeyBytes = 32;

    private readonly AesGcm _aes;

    private SpoolCipher(byte[] key) => _aes = new AesGcm(key, TagBytes);

    /// <summary>
    /// Reads the key file, or makes one with a new key when it is absent or not a key. Throws <see cref="IOException"/> when neither works.
    /// </summary>
    public static SpoolCipher Open(string keyPath)
    {
        if (File.Exists(keyPath))
        {
            var existing = File.ReadAllBytes(keyPath);
            if (existing.Length == KeyBytes)
            {
                return new SpoolCipher(existing);
            }

            File.Delete(keyPath);
        }

        var key = RandomNumberGenerator.GetBytes(KeyBytes);
        using var file = OwnerOnlyFile.Open(keyPath, FileMode.CreateNew, FileAccess.Write);
        file.Write(key);
        file.Flush(flushToDisk: true);
        return new SpoolCipher(key);
    }

    public void Encrypt(long segment, long offset, ReadOnlySpan<byte> plain, Span<byte> nonce, Span<byte> tag, Span<byte> cipher)
    {
        RandomNumberGenerator.Fill(nonce);
        Span<byte> place = stackalloc byte[16];
        _aes.Encrypt(nonce, plain, cipher, tag, Place(place, segment, offset));
    }

    /// <summary>False when the frame is not what was written at this place with this key.</summary>
    public bool TryDecrypt(
        long segment, long offset, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> cipher, Span<byte> plain)
    {
        try
        {
            Span<byte> place = stackalloc byte[16];
            _aes.Decrypt(nonce, cipher, tag, plain, Place(place, segment, offset));
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public void Dispose() => _aes.Dispose();

    private static Span<byte> Place(Span<byte> place, long segment, long offset)
    {
        BinaryPrimitives.WriteInt64LittleEndian(place, segment);
        BinaryPrimitives.WriteInt64LittleEndian(place[8..], offset);
        return place;
    }
}
