using System.Buffers.Binary;

namespace AktoDivert.Redirect.Packets;

/// <summary>
/// A view of an IPv4 (RFC 791) or IPv6 (RFC 8200) packet. Made only by <see cref="TryParse"/>, which proves that all it points to is inside.
/// </summary>
internal readonly ref struct IPPacket
{
    private const int HeaderLengthV6 = 40;
    private const int MaxExtensionHeaders = 8;

    private IPPacket(Span<byte> bytes, int transport, byte protocol, bool fragment)
    {
        Bytes = bytes;
        TransportOffset = transport;
        Protocol = protocol;
        IsFragment = fragment;
    }

    /// <summary>The whole packet, as long as its header says.</summary>
    public Span<byte> Bytes { get; }

    /// <summary>Where the transport header starts; the end of the packet when there is none.</summary>
    public int TransportOffset { get; }

    /// <summary>Protocol of what starts at <see cref="TransportOffset"/>: 6 TCP, 17 UDP.</summary>
    public byte Protocol { get; }

    /// <summary>A part of a datagram: ports may be absent, and a checksum covers more than is here.</summary>
    public bool IsFragment { get; }

    /// <summary>Whether it is IPv6.</summary>
    public bool IsV6 => Bytes[0] >> 4 == 6;

    /// <summary>From the transport header to the end.</summary>
    public Span<byte> Transport => Bytes[TransportOffset..];

    /// <summary>Source and destination address, one behind the other.</summary>
    public Span<byte> Addresses => IsV6 ? Bytes.Slice(8, 32) : Bytes.Slice(12, 8);

    /// <summary>The source as a number; IPv4 in the low 32 bits.</summary>
    public UInt128 Source => ReadAddress(0);

    /// <summary>The destination as a number; IPv4 in the low 32 bits.</summary>
    public UInt128 Destination => ReadAddress(1);

    /// <summary>
    /// The length that the packet at the start of <paramref name="bytes"/> claims, or 0 when it is no IP packet or claims more than there is.
    /// </summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        var claimed = bytes.Length switch
        {
            >= HeaderLengthV6 when bytes[0] >> 4 == 6 => HeaderLengthV6 + BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]),
            >= 20 when bytes[0] >> 4 == 4 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            _ => 0,
        };
        return claimed <= bytes.Length && claimed >= (claimed > 0 && bytes[0] >> 4 == 6 ? HeaderLengthV6 : 20) ? claimed : 0;
    }

    /// <summary>Parses the packet at the start of <paramref name="bytes"/>; false when it is malformed. Bytes behind it are left out.</summary>
    public static bool TryParse(Span<byte> bytes, out IPPacket packet)
    {
        packet = default;
        var length = LengthOf(bytes);
        if (length == 0)
        {
            return false;
        }

        return bytes[0] >> 4 == 6 ? TryParseV6(bytes[..length], out packet) : TryParseV4(bytes[..length], out packet);
    }

    private static bool TryParseV4(Span<byte> bytes, out IPPacket packet)
    {
        packet = default;
        var headerLength = (bytes[0] & 0xf) * 4;
        if (headerLength < 20 || headerLength > bytes.Length)
        {
            return false;
        }

        // More fragments, or an offset.
        var fragment = (BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x3fff) != 0;
        packet = new IPPacket(bytes, headerLength, bytes[9], fragment);
        return true;
    }

    private static bool TryParseV6(Span<byte> bytes, out IPPacket packet)
    {
        packet = default;
        var next = bytes[6];
        var offset = HeaderLengthV6;
        var fragment = false;
        for (var headers = 0; headers <= MaxExtensionHeaders; headers++)
        {
            // Hop-by-Hop 0, Routing 43, Fragment 44, Destination Options 60 (RFC 8200 section 4).
            if (next is not (0 or 43 or 44 or 60))
            {
                packet = new IPPacket(bytes, offset, next, fragment);
                return true;
            }

            if (bytes.Length - offset < 8)
            {
                return false;
            }

            fragment |= next == 44;
            var length = next == 44 ? 8 : (bytes[offset + 1] + 1) * 8;
            if (length > bytes.Length - offset)
            {
                return false;
            }

            next = bytes[offset];
            offset += length;
        }

        return false;
    }

    private UInt128 ReadAddress(int index) => IsV6
        ? BinaryPrimitives.ReadUInt128BigEndian(Bytes[(8 + (16 * index))..])
        : BinaryPrimitives.ReadUInt32BigEndian(Bytes[(12 + (4 * index))..]);
}
