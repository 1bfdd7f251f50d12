using System.Buffers;
using System.Buffers.Binary;
using AktoDivert.Core.Flows;

namespace AktoDivert.Proxy.Classify;

/// <summary>
/// Finds a TLS ClientHello at the start of a byte stream, whatever number of records (RFC 8446 section 5.1) it is spread over. Reads the
/// bytes, consumes none, throws on none, and allocates only once the whole message is there.
/// </summary>
internal static class ClientHelloReader
{
    /// <summary>Longest ClientHello looked at, record headers included, in bytes.</summary>
    public const int MaxLength = 64 * 1024;

    private const byte HandshakeRecord = 22;
    private const byte ClientHelloMessage = 1;
    private const int RecordHeaderLength = 5;
    private const int MessageHeaderLength = 4;
    private const int MaxRecordLength = 16 * 1024;

    /// <summary>Looks at the bytes received so far.</summary>
    /// <param name="bytes">Everything received on the connection, from its first byte.</param>
    /// <param name="facts">What the ClientHello says, when complete.</param>
    /// <param name="required">When incomplete: how many bytes are needed at least before another look can find more.</param>
    public static ClientHelloStatus Read(ReadOnlySpan<byte> bytes, out ClientHelloFacts? facts, out int required)
    {
        facts = null;
        var status = Measure(bytes, out var length, out required);
        if (status != ClientHelloStatus.Complete)
        {
            return status;
        }

        var message = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Reassemble(bytes, message.AsSpan(0, length));
            return ClientHelloBody.TryParse(message.AsSpan(MessageHeaderLength, length - MessageHeaderLength), out facts)
                ? ClientHelloStatus.Complete
                : ClientHelloStatus.NotClientHello;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(message);
        }
    }

    /// <summary>
    /// Walks the record headers until the whole handshake message is covered; <paramref name="length"/> counts its own header.
    /// </summary>
    private static ClientHelloStatus Measure(ReadOnlySpan<byte> bytes, out int length, out int required)
    {
        Span<byte> header = stackalloc byte[MessageHeaderLength];
        var collected = 0;
        var position = 0;
        length = int.MaxValue;
        while (true)
        {
            var record = bytes[position..];
            required = position + RecordHeaderLength;
            if (!IsHandshakeRecordSoFar(record) || required > MaxLength)
            {
                return ClientHelloStatus.NotClientHello;
            }

            if (record.Length < RecordHeaderLength)
            {
                return ClientHelloStatus.Incomplete;
            }

            var recordLength = BinaryPrimitives.ReadUInt16BigEndian(record[3..]);
            if (recordLength is 0 or > MaxRecordLength)
            {
                return ClientHelloStatus.NotClientHello;
            }

            var fragment = record[RecordHeaderLength..];
            fragment = fragment[..Math.Min(fragment.Length, recordLength)];
            for (var i = 0; collected + i < MessageHeaderLength && i < fragment.Length; i++)
            {
                header[collected + i] = fragment[i];
            }

            collected += fragment.Length;
            if (collected > 0 && header[0] != ClientHelloMessage)
            {
                return ClientHelloStatus.NotClientHello;
            }

            if (collected >= MessageHeaderLength)
            {
                length = MessageHeaderLength + ((header[1] << 16) | BinaryPrimitives.ReadUInt16BigEndian(header[2..]));
                if (length > MaxLength)
                {
                    return ClientHelloStatus.NotClientHello;
                }

                if (collected >= length)
                {
                    return ClientHelloStatus.Complete;
                }
            }

            if (fragment.Length < recordLength)
            {
                // The record may end beyond the message, so only what the message itself still lacks is surely needed.
                required = bytes.Length + (
                    collected < MessageHeaderLength ? 1 : Math.Min(recordLength - fragment.Length, length - collected));
                return required > MaxLength ? ClientHelloStatus.NotClientHello : ClientHelloStatus.Incomplete;
            }

            position += RecordHeaderLength + recordLength;
        }
    }

    private static bool IsHandshakeRecordSoFar(ReadOnlySpan<byte> record) =>
        (record.Length < 1 || record[0] == HandshakeRecord) && (record.Length < 2 || record[1] == 3);

    private static void Reassemble(ReadOnlySpan<byte> bytes, Span<byte> message)
    {
        while (!message.IsEmpty)
        {
            var recordLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
            var taken = Math.Min(recordLength, message.Length);
            bytes.Slice(RecordHeaderLength, taken).CopyTo(message);
            message = message[taken..];
            bytes = message.IsEmpty ? default : bytes[(RecordHeaderLength + recordLength)..];
        }
    }
}
