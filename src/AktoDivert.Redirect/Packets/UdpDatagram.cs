using System.Buffers.Binary;

namespace AktoDivert.Redirect.Packets;

/// <summary>A view of a UDP datagram (RFC 768) in a packet that is no fragment.</summary>
internal readonly ref struct UdpDatagram
{
    /// <summary>Protocol number of UDP.</summary>
    public const byte Protocol = 17;

    private const int HeaderLength = 8;
    private readonly Span<byte> _bytes;

    private UdpDatagram(Span<byte> bytes) => _bytes = bytes;

    /// <summary>Source port.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>Destination port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>The length field: header and data.</summary>
    public ushort Length => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    /// <summary>The checksum field; 0 when the sender computed none.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]);

    /// <summary>Bytes of data that are there.</summary>
    public int PayloadLength => _bytes.Length - HeaderLength;

    /// <summary>The view; false for another protocol, a fragment, or a header that is cut.</summary>
    public static bool TryParse(scoped in IPPacket packet, out UdpDatagram datagram)
    {
        datagram = default;
        if (packet.Protocol != Protocol || packet.IsFragment || packet.Transport.Length < HeaderLength)
        {
            return false;
        }

        datagram = new UdpDatagram(packet.Transport);
        return true;
    }
}
