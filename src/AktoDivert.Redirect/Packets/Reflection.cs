using System.Runtime.InteropServices;
using AktoDivert.Redirect.Divert;

namespace AktoDivert.Redirect.Packets;

/// <summary>
/// Turns an outgoing packet round so that it arrives at this machine: the addresses swap, one port changes, the rest stays. The far
/// address then is the peer of the local listener's connection, so no table of addresses is needed.
/// </summary>
internal static class Reflection
{
    /// <summary>Offset of the source port in a TCP header.</summary>
    public const int SourcePort = 0;

    /// <summary>Offset of the destination port in a TCP header.</summary>
    public const int DestinationPort = 2;

    /// <summary>Reflects in place.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="segment">Its TCP segment.</param>
    /// <param name="portOffset"><see cref="SourcePort"/> or <see cref="DestinationPort"/>.</param>
    /// <param name="port">The new port.</param>
    /// <param name="address">Its address: direction turned. A checksum that is not valid yet stays for the driver to compute.</param>
    public static void Apply(in IPPacket packet, in TcpSegment segment, int portOffset, ushort port, ref DivertAddress address)
    {
        // The sum over both addresses is the same after the swap, in the IP header and in the pseudo header.
        if (packet.IsV6)
        {
            Swap<UInt128>(packet.Addresses);
        }
        else
        {
            Swap<uint>(packet.Addresses);
        }

        var writable = segment;
        var before = writable.ReplacePort(portOffset, port);
        if (address.Has(DivertAddressFlags.TcpChecksum))
        {
            writable.Checksum = InternetChecksum.Update(writable.Checksum, before, port);
        }

        address.Flags &= ~DivertAddressFlags.Outbound;
    }

    private static void Swap<T>(Span<byte> pair)
        where T : unmanaged
    {
        var second = pair[(pair.Length / 2)..];
        var first = MemoryMarshal.Read<T>(pair);
        MemoryMarshal.Write(pair, MemoryMarshal.Read<T>(second));
        MemoryMarshal.Write(second, first);
    }
}
