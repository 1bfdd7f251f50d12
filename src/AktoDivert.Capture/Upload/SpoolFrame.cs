using System.Buffers.Binary;

namespace AktoDivert.Capture.Upload;

/// <summary>
/// One record in a segment: <c>u32 length of the ciphertext, little endian | nonce 12 | tag 16 | ciphertext</c>. A frame that does not
/// end within the file was being written when the machine stopped.
/// </summary>
internal static class SpoolFrame
{
    public const int HeaderBytes = 4 + SpoolCipher.NonceBytes + SpoolCipher.TagBytes;

    /// <summary>Records are far smaller; a longer one is damage.</summary>
    private const int MaxRecordBytes = 16 << 20;

    public static byte[] Encrypt(SpoolCipher cipher, long segment, long offset, ReadOnlySpan<byte> record)
    {
        var frame = new byte[HeaderBytes + record.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, record.Length);
        cipher.Encrypt(segment, offset, record, Nonce(frame), Tag(frame), frame.AsSpan(HeaderBytes));
        return frame;
    }

    /// <summary>Length of the frame that starts at <paramref name="offset"/>, or 0 when no whole frame stands there.</summary>
    public static int LengthAt(FileStream file, long offset)
    {
        Span<byte> prefix = stackalloc byte[4];
        if (file.Length - offset < HeaderBytes || RandomAccess.Read(file.SafeFileHandle, prefix, offset) < prefix.Length)
        {
            return 0;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        return length is > 0 and <= MaxRecordBytes && length <= file.Length - offset - HeaderBytes ? HeaderBytes + length : 0;
    }

    /// <summary>The record in the frame at <paramref name="offset"/>, or null when it is damaged.</summary>
    public static byte[]? Decrypt(SpoolCipher cipher, FileStream file, long segment, long offset, int frameLength)
    {
        var frame = new byte[frameLength];
        if (RandomAccess.Read(file.SafeFileHandle, frame, offset) < frameLength)
        {
            return null;
        }

        var record = new byte[frameLength - HeaderBytes];
        return cipher.TryDecrypt(segment, offset, Nonce(frame), Tag(frame), frame.AsSpan(HeaderBytes), record) ? record : null;
    }

    private static Span<byte> Nonce(byte[] frame) => frame.AsSpan(4, SpoolCipher.NonceBytes);

    private static Span<byte> Tag(byte[] frame) => frame.AsSpan(4 + SpoolCipher.NonceBytes, SpoolCipher.TagBytes);
}
