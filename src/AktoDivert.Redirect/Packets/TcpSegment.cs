using System.Buffers.Binary;

namespace AktoDivert.Redirect.Packets;

/// <summary>A view of a TCP segment (RFC 9293) in a packet that is no fragment.</summary>
internal readonly ref struct TcpSegment
{
    /// <summary>Protocol number of TCP.</summary>
    public const byte Protocol = 6;

    /// <summary>Length of a header without options.</summary>
    public const int MinimumHeaderLength = 20;

    /// <summary>Offset of the checksum in the header.</summary>
    public const int ChecksumOffset = 16;

    private readonly Span<byte> _bytes;

    private TcpSegment(Span<byte> bytes) => _bytes = bytes;

    /// <summary>Source port.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>Destination port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>Number of the first byte, or of the SYN.</summary>
    public uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

    /// <summary>Next number expected from the other side.</summary>
    public uint Acknowledgement => BinaryPrimitives.ReadUInt32BigEndian(_bytes[8..]);

    /// <summary>Control bits.</summary>
    public TcpFlags Flags => (TcpFlags)(_bytes[13] & 0x3f);

    /// <summary>A SYN without ACK: the first segment of a connection.</summary>
    public bool IsOpening => (Flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn;

    /// <summary>Bytes of data.</summary>
    public int PayloadLength => _bytes.Length - ((_bytes[12] >> 4) * 4);

    /// <summary>The sequence number behind this segment: SYN and FIN count as a byte each.</summary>
    public uint NextSequence => Sequence + (uint)PayloadLength + ((Flags & TcpFlags.Syn) != 0 ? 1u : 0) + ((Flags & TcpFlags.Fin) != 0 ? 1u : 0);

    /// <summary>The checksum field.</summary>
    public ushort Checksum
    {
        get => BinaryPrimitives.ReadUInt16BigEndian(_bytes[ChecksumOffset..]);
        set => BinaryPrimitives.WriteUInt16BigEndian(_bytes[ChecksumOffset..], value);
    }

    /// <summary>The view; false for another protocol, a fragment, or a header that is cut or too short.</summary>
    public static bool TryParse(scoped in IPPacket packet, out TcpSegment segment)
    {
        segment = default;
        if (packet.Protocol != Protocol || packet.IsFragment)
        {
            return false;
        }

        var bytes = packet.Transport;
        var headerLength = bytes.Length < MinimumHeaderLength ? 0 : (bytes[12] >> 4) * 4;
        if (headerLength < MinimumHeaderLength || headerLength > bytes.Length)
        {
            return false;
        }

        segment = new TcpSegment(bytes);
        return true;
    }

    /// <summary>Writes a port, 0 the source's and 2 the destination's, and returns what was there.</summary>
    public ushort ReplacePort(int offset, ushort port)
    {
        var before = BinaryPrimitives.ReadUInt16BigEndian(_bytes[offset..]);
        BinaryPrimitives.WriteUInt16BigEndian(_bytes[offset..], port);
        return before;
    }
}
