using System.Buffers.Binary;

namespace AktoDivert.Redirect.Packets;

/// <summary>The checksum of IP, TCP and UDP (RFC 1071), and its update when a field changes (RFC 1624 equation 3).</summary>
internal static class InternetChecksum
{
    /// <summary>The checksum after a 16-bit field changed from <paramref name="before"/> to <paramref name="after"/>.</summary>
    public static ushort Update(ushort checksum, ushort before, ushort after) =>
        (ushort)~Fold((ulong)(ushort)~checksum + (ushort)~before + after);

    /// <summary>The one's complement sum of 16-bit words, for chaining; an odd last byte is padded with zero.</summary>
    public static ulong Sum(ReadOnlySpan<byte> bytes, ulong sum = 0)
    {
        while (bytes.Length >= 4)
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(bytes);
            bytes = bytes[4..];
        }

        if (bytes.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }

        return bytes.IsEmpty ? sum : sum + ((ulong)bytes[0] << 8);
    }

    /// <summary>The checksum field for a sum.</summary>
    public static ushort Finish(ulong sum) => (ushort)~Fold(sum);

    /// <summary>The sum over a TCP segment or UDP datagram with its pseudo header; 0xffff folded when its checksum is right.</summary>
    public static ushort OfTransport(in IPPacket packet)
    {
        var payload = packet.Transport;
        var sum = Sum(packet.Addresses, (ulong)packet.Protocol + (uint)payload.Length);
        return (ushort)Fold(Sum(payload, sum));
    }

    private static uint Fold(ulong sum)
    {
        sum = (sum & 0xffffffff) + (sum >> 32);
        sum = (sum & 0xffffffff) + (sum >> 32);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        return (uint)((sum & 0xffff) + (sum >> 16));
    }
}
