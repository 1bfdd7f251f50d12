using System.Buffers.Binary;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Packets;

namespace AktoDivert.Tests.Redirect.Simulation;

/// <summary>Builds TCP packets with valid checksums.</summary>
internal static class SimPacket
{
    /// <summary>A segment from the local to the remote end of a key.</summary>
    internal static byte[] Tcp(in FlowKey key, TcpFlags flags, uint sequence, uint acknowledgement = 0, ReadOnlySpan<byte> payload = default)
    {
        var header = key.IsV6 ? 40 : 20;
        var packet = new byte[header + 20 + payload.Length];
        if (key.IsV6)
        {
            packet[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(20 + payload.Length));
            packet[6] = TcpSegment.Protocol;
            packet[7] = 64;
            BinaryPrimitives.WriteUInt128BigEndian(packet.AsSpan(8), key.Local);
            BinaryPrimitives.WriteUInt128BigEndian(packet.AsSpan(24), key.Remote);
        }
        else
        {
            packet[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            packet[8] = 64;
            packet[9] = TcpSegment.Protocol;
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), (uint)key.Local);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), (uint)key.Remote);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), InternetChecksum.Finish(InternetChecksum.Sum(packet.AsSpan(0, 20))));
        }

        var tcp = packet.AsSpan(header);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, key.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], key.RemotePort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], acknowledgement);
        tcp[12] = 0x50;
        tcp[13] = (byte)flags;
        payload.CopyTo(tcp[20..]);
        Assert.IsTrue(IPPacket.TryParse(packet, out var ip));
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], (ushort)~InternetChecksum.OfTransport(ip));
        return packet;
    }

    /// <summary>The address of such a packet on its way out.</summary>
    internal static DivertAddress Outbound(bool v6, bool checksum = true) => new()
    {
        Flags = DivertAddressFlags.Outbound | DivertAddressFlags.IPChecksum
            | (checksum ? DivertAddressFlags.TcpChecksum : 0) | (v6 ? DivertAddressFlags.IPv6 : 0),
        InterfaceIndex = 12,
        SubInterfaceIndex = 1,
    };
}
