using System.Buffers.Binary;

namespace AktoDivert.Proxy.Relay.Http2;

/// <summary>The nine bytes before every frame (RFC 9113 section 4.1).</summary>
/// <param name="Length">Bytes of payload, padding included. 0 to 2^24-1.</param>
/// <param name="Type">The type, known or not.</param>
/// <param name="Flags">The flags; their meaning depends on the type.</param>
/// <param name="StreamId">The stream, 0 for the connection.</param>
internal readonly record struct Http2FrameHeader(int Length, Http2FrameType Type, byte Flags, int StreamId)
{
    public const int Size = 9;

    /// <summary>END_STREAM of DATA and HEADERS.</summary>
    public bool EndStream => (Flags & 0x01) != 0;

    /// <summary>ACK of SETTINGS and PING.</summary>
    public bool Ack => (Flags & 0x01) != 0;

    /// <summary>END_HEADERS of HEADERS, PUSH_PROMISE and CONTINUATION.</summary>
    public bool EndHeaders => (Flags & 0x04) != 0;

    /// <summary>PRIORITY of HEADERS: five bytes precede the block.</summary>
    public bool HasPriority => (Flags & 0x20) != 0;

    /// <summary>Whether the payload starts with a pad length.</summary>
    public bool Padded => (Flags & 0x08) != 0 && Type is Http2FrameType.Data or Http2FrameType.Headers or Http2FrameType.PushPromise;

    /// <summary>Reads a header from its first <see cref="Size"/> bytes.</summary>
    public static Http2FrameHeader Read(ReadOnlySpan<byte> bytes) => new(
        (bytes[0] << 16) | (bytes[1] << 8) | bytes[2],
        (Http2FrameType)bytes[3],
        bytes[4],
        (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]) & 0x7fff_ffff));
}
