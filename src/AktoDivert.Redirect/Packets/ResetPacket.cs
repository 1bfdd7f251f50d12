using System.Buffers.Binary;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Flows;

namespace AktoDivert.Redirect.Packets;

/// <summary>
/// Builds the RST that ends an app's connection as its server would: with exactly the sequence number the app expects, since anything
/// else in the window is only answered (RFC 5961 section 3.2).
/// </summary>
internal static class ResetPacket
{
    /// <summary>Longest packet that is built.</summary>
    public const int MaxLength = 60;

    /// <summary>Writes a reset from the far end of a flow to the app, with valid checksums.</summary>
    /// <returns>The bytes written: 40 or 60.</returns>
    public static int Write(Span<byte> packet, in FlowKey key, uint sequence, uint acknowledgement)
    {
        var header = key.IsV6 ? 40 : 20;
        var length = header + TcpSegment.MinimumHeaderLength;
        packet = packet[..length];
        packet.Clear();
        if (key.IsV6)
        {
            packet[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(packet[4..], TcpSegment.MinimumHeaderLength);
            packet[6] = TcpSegment.Protocol;
            packet[7] = 64;
            BinaryPrimitives.WriteUInt128BigEndian(packet[8..], key.Remote);
            BinaryPrimitives.WriteUInt128BigEndian(packet[24..], key.Local);
        }
        else
        {
            packet[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)length);
            packet[8] = 64;
            packet[9] = TcpSegment.Protocol;
            BinaryPrimitives.WriteUInt32BigEndian(packet[12..], (uint)key.Remote);
            BinaryPrimitives.WriteUInt32BigEndian(packet[16..], (uint)key.Local);
            BinaryPrimitives.WriteUInt16BigEndian(packet[10..], InternetChecksum.Finish(InternetChecksum.Sum(packet[..20])));
        }

        var tcp = packet[header..];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, key.RemotePort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], key.LocalPort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], acknowledgement);
        tcp[12] = 0x50;
        tcp[13] = (byte)(TcpFlags.Rst | TcpFlags.Ack);
        _ = IPPacket.TryParse(packet, out var parsed);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[TcpSegment.ChecksumOffset..], (ushort)~InternetChecksum.OfTransport(parsed));
        return length;
    }

    /// <summary>The address of such a packet: it arrives on the interface that the flow uses.</summary>
    public static DivertAddress AddressFor(in FlowKey key, uint interfaceIndex, uint subInterfaceIndex, long now) => new()
    {
        Timestamp = now,
        Flags = DivertAddressFlags.IPChecksum | DivertAddressFlags.TcpChecksum | (key.IsV6 ? DivertAddressFlags.IPv6 : 0),
        InterfaceIndex = interfaceIndex,
        SubInterfaceIndex = subInterfaceIndex,
    };
}
