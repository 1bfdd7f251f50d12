using System.Runtime.InteropServices;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Packets;

namespace AktoDivert.Fuzz.Targets;

/// <summary>Well-formed batches of the packet engine: eight bytes that choose, then packets back to back.</summary>
internal static class EngineSeeds
{
    private const ushort Listener = 35_000;
    private static readonly FlowKey V4 = new(0xc0000207, 0xcb00710a, 50_001, 443, false);
    private static readonly FlowKey V6 = new(new UInt128(0x20010db800070000, 1), new UInt128(0x20010db800000000, 0x10), 50_001, 443, true);
    private static readonly FlowKey Unknown = V4 with { LocalPort = 50_002 };

    /// <summary>Connections that are redirected before each input.</summary>
    internal static IReadOnlyList<FlowKey> Redirected { get; } = [V4, V6];

    /// <summary>Their first segments, and one of a connection that nobody knows.</summary>
    internal static IReadOnlyList<byte[]> Opening { get; } =
        [Segment(V4, TcpFlags.Syn), Segment(V6, TcpFlags.Syn), Segment(Unknown, TcpFlags.Syn)];

    internal static byte[][] All() =>
    [
        Input(2, Segment(V4, TcpFlags.Ack, 20), Segment(V6, TcpFlags.Ack, 3)),
        Input(3, Segment(V4, TcpFlags.Ack), Segment(Unknown, TcpFlags.Ack), Segment(FromListener(V4), TcpFlags.Syn | TcpFlags.Ack)),
        Input(4, Segment(Unknown, TcpFlags.Syn), Segment(V4 with { LocalPort = 50_003 }, TcpFlags.Syn), Segment(FromListener(V6), TcpFlags.Fin | TcpFlags.Ack, 9), Segment(V6, TcpFlags.Rst)),
        Input(8, [.. Enumerable.Range(0, 8).Select(i => Segment(V4 with { LocalPort = (ushort)(51_000 + i) }, TcpFlags.Syn))]),
        Input(1, Extended()),
        Input(1, Event(V4), Event(Unknown), Event(V6)),
    ];

    private static FlowKey FromListener(FlowKey key) => key with { LocalPort = Listener, RemotePort = key.LocalPort };

    private static byte[] Input(byte addresses, params byte[][] packets) =>
        [(byte)(packets[0].Length == DivertAddress.Size ? 1 : 0), addresses, 0, 0x60, 0, 0, 1, 1, .. packets.SelectMany(packet => packet)];

    // A reset is a whole packet already; flags, data and the way turned make any other of it.
    private static byte[] Segment(FlowKey key, TcpFlags flags, int payload = 0)
    {
        var packet = new byte[ResetPacket.MaxLength];
        var turned = new FlowKey(key.Remote, key.Local, key.RemotePort, key.LocalPort, key.IsV6);
        var length = ResetPacket.Write(packet, turned, 100, 200);
        byte[] whole = [.. packet.AsSpan(0, length), .. Enumerable.Range(0, payload).Select(i => (byte)i)];
        whole[length - 7] = (byte)flags;
        whole[key.IsV6 ? 5 : 3] = (byte)(key.IsV6 ? whole.Length - 40 : whole.Length);
        return whole;
    }

    private static byte[] Extended()
    {
        var plain = Segment(V6, TcpFlags.Ack, 4);
        byte[] whole = [.. plain[..40], 6, 0, 0, 0, 0, 0, 0, 0, .. plain[40..]];
        whole[6] = 60;
        whole[5] += 8;
        return whole;
    }

    private static byte[] Event(FlowKey key)
    {
        var address = new DivertAddress
        {
            Timestamp = 1_000_000_000,
            Event = DivertEvent.SocketConnect,
            Flags = DivertAddressFlags.Outbound | (key.IsV6 ? DivertAddressFlags.IPv6 : 0),
            ProcessId = 100,
            LocalAddress = AddressWords.From(key.Local, key.IsV6),
            RemoteAddress = AddressWords.From(key.Remote, key.IsV6),
            LocalPort = key.LocalPort,
            RemotePort = key.RemotePort,
            Protocol = TcpSegment.Protocol,
        };
        return MemoryMarshal.AsBytes(new ReadOnlySpan<DivertAddress>(in address)).ToArray();
    }
}
