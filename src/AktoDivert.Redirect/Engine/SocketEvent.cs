using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Packets;

namespace AktoDivert.Redirect.Engine;

/// <summary>An event of the SOCKET layer.</summary>
internal readonly record struct SocketEvent(DivertEvent Event, byte Protocol, FlowKey Key, int ProcessId, long Timestamp)
{
    /// <summary>Whether it is about QUIC.</summary>
    public bool IsUdp => Protocol == UdpDatagram.Protocol;

    /// <summary>From the driver's address; a v4-mapped IPv6 event counts as IPv4, which it is on the wire.</summary>
    public static SocketEvent From(in DivertAddress address)
    {
        var v6 = address.Has(DivertAddressFlags.IPv6);
        var local = address.LocalAddress.ToNumber(v6);
        var remote = address.RemoteAddress.ToNumber(v6);
        if (v6 && IsMapped(remote))
        {
            v6 = false;
            local = (uint)local;
            remote = (uint)remote;
        }

        var key = new FlowKey(local, remote, address.LocalPort, address.RemotePort, v6);
        return new SocketEvent(address.Event, address.Protocol, key, (int)address.ProcessId, address.Timestamp);
    }

    private static bool IsMapped(UInt128 address) => address >> 32 == 0xffff;
}
