using System.Buffers.Binary;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Filters;
using AktoDivert.Redirect.Packets;

namespace AktoDivert.Tests.Redirect.Simulation.Filters;

/// <summary>
/// The fields of the filter language that the evaluator knows: those of the driver, without its random numbers, the bodies of ICMP and
/// indexed access to bytes, which the engine never uses.
/// </summary>
internal static class FilterFields
{
    private const FilterLayers Packets = FilterLayers.Network | FilterLayers.Forward;
    private const FilterLayers Endpoints = FilterLayers.Network | FilterLayers.Flow | FilterLayers.Socket;
    private const FilterLayers Processes = FilterLayers.Flow | FilterLayers.Socket;
    private const byte Icmp = 1;
    private const byte IcmpV6 = 58;

    private static readonly Dictionary<string, FieldReader> _byName = All().ToDictionary(field => field.Name, StringComparer.Ordinal);

    private delegate UInt128 PacketReader(in IPPacket packet);

    private delegate UInt128 SegmentReader(in IPPacket packet, in TcpSegment segment);

    private delegate UInt128 DatagramReader(in UdpDatagram datagram);

    /// <summary>The field of a name, or null. Case matters.</summary>
    public static FieldReader? Find(string name) => _byName.GetValueOrDefault(name);

    private static IEnumerable<FieldReader> All() => [.. OfAddress(), .. OfHeaders(), .. OfIP(), .. OfTransport()];

    private static IEnumerable<FieldReader> OfAddress() =>
    [
        new("zero", FilterLayers.All, static (in _) => 0),
        new("timestamp", FilterLayers.All, static (in s) => (UInt128)s.Address.Timestamp),
        new("event", FilterLayers.All, static (in s) => (UInt128)(byte)s.Address.Event),
        new("layer", FilterLayers.Reflect, static (in s) => s.Address.ReflectLayer),
        new("priority", FilterLayers.Reflect, static (in s) => (UInt128)(s.Address.ReflectPriority + 30_000)),
        Flag("outbound", Endpoints, DivertAddressFlags.Outbound),
        new("inbound", Endpoints, static (in s) => s.Address.Has(DivertAddressFlags.Outbound) ? UInt128.Zero : UInt128.One),
        Flag("loopback", Endpoints, DivertAddressFlags.Loopback),
        Flag("impostor", Packets, DivertAddressFlags.Impostor),
        new("ifIdx", Packets, static (in s) => s.Address.InterfaceIndex),
        new("subIfIdx", Packets, static (in s) => s.Address.SubInterfaceIndex),
        new("endpointId", Processes, static (in s) => s.Address.EndpointId),
        new("parentEndpointId", Processes, static (in s) => s.Address.ParentEndpointId),
        new("processId", Processes | FilterLayers.Reflect,
            static (in s) => s.Layer == DivertLayer.Reflect ? s.Address.ReflectProcessId : s.Address.ProcessId),
        new("length", Packets, static (in s) => (UInt128)s.Packet.Length),
    ];

    private static IEnumerable<FieldReader> OfHeaders() =>
    [
        new("ip", Packets | Processes, static (in s) => Bit(!IsV6(s))),
        new("ipv6", Packets | Processes, static (in s) => Bit(IsV6(s))),
        new("tcp", Packets | Processes, static (in s) => Bit(HasProtocol(s, TcpSegment.Protocol))),
        new("udp", Packets | Processes, static (in s) => Bit(HasProtocol(s, UdpDatagram.Protocol))),
        new("icmp", Packets | Processes, static (in s) => Bit(HasProtocol(s, Icmp))),
        new("icmpv6", Packets | Processes, static (in s) => Bit(HasProtocol(s, IcmpV6))),
        new("fragment", Packets, static (in s) => IPPacket.TryParse(s.Packet, out var packet) ? Bit(packet.IsFragment) : null),
        new("protocol", Endpoints, static (in s) => IsPacket(s)
            ? IPPacket.TryParse(s.Packet, out var packet) ? packet.Protocol : null
            : s.Address.Protocol),
        new("localAddr", Endpoints, static (in s) => IsPacket(s)
            ? EndOf(s, local: true, port: false)
            : s.Address.LocalAddress.ToNumber(IsV6(s))),
        new("remoteAddr", Endpoints, static (in s) => IsPacket(s)
            ? EndOf(s, local: false, port: false)
            : s.Address.RemoteAddress.ToNumber(IsV6(s))),
        new("localPort", Endpoints, static (in s) => IsPacket(s) ? EndOf(s, local: true, port: true) : s.Address.LocalPort),
        new("remotePort", Endpoints, static (in s) => IsPacket(s) ? EndOf(s, local: false, port: true) : s.Address.RemotePort),
    ];

    private static IEnumerable<FieldReader> OfIP() =>
    [
        V4("ip.HdrLength", static (in p) => (UInt128)(p.Bytes[0] & 0xf)),
        V4("ip.TOS", static (in p) => p.Bytes[1]),
        V4("ip.Length", static (in p) => BinaryPrimitives.ReadUInt16BigEndian(p.Bytes[2..])),
        V4("ip.Id", static (in p) => BinaryPrimitives.ReadUInt16BigEndian(p.Bytes[4..])),
        V4("ip.DF", static (in p) => Bit((p.Bytes[6] & 0x40) != 0)),
        V4("ip.MF", static (in p) => Bit((p.Bytes[6] & 0x20) != 0)),
        V4("ip.FragOff", static (in p) => (UInt128)(BinaryPrimitives.ReadUInt16BigEndian(p.Bytes[6..]) & 0x1fff)),
        V4("ip.TTL", static (in p) => p.Bytes[8]),
        V4("ip.Protocol", static (in p) => p.Bytes[9]),
        V4("ip.Checksum", static (in p) => BinaryPrimitives.ReadUInt16BigEndian(p.Bytes[10..])),
        V4("ip.SrcAddr", static (in p) => p.Source),
        V4("ip.DstAddr", static (in p) => p.Destination),
        V6("ipv6.TrafficClass", static (in p) => (UInt128)((BinaryPrimitives.ReadUInt16BigEndian(p.Bytes) >> 4) & 0xff)),
        V6("ipv6.FlowLabel", static (in p) => BinaryPrimitives.ReadUInt32BigEndian(p.Bytes) & 0xfffff),
        V6("ipv6.Length", static (in p) => BinaryPrimitives.ReadUInt16BigEndian(p.Bytes[4..])),
        V6("ipv6.NextHdr", static (in p) => p.Bytes[6]),
        V6("ipv6.HopLimit", static (in p) => p.Bytes[7]),
        V6("ipv6.SrcAddr", static (in p) => p.Source),
        V6("ipv6.DstAddr", static (in p) => p.Destination),
    ];

    private static IEnumerable<FieldReader> OfTransport() =>
    [
        Tcp("tcp.SrcPort", static (in _, in t) => t.SourcePort),
        Tcp("tcp.DstPort", static (in _, in t) => t.DestinationPort),
        Tcp("tcp.SeqNum", static (in _, in t) => t.Sequence),
        Tcp("tcp.AckNum", static (in _, in t) => t.Acknowledgement),
        Tcp("tcp.HdrLength", static (in p, in _) => (UInt128)(p.Transport[12] >> 4)),
        TcpFlag("tcp.Urg", TcpFlags.Urg),
        TcpFlag("tcp.Ack", TcpFlags.Ack),
        TcpFlag("tcp.Psh", TcpFlags.Psh),
        TcpFlag("tcp.Rst", TcpFlags.Rst),
        TcpFlag("tcp.Syn", TcpFlags.Syn),
        TcpFlag("tcp.Fin", TcpFlags.Fin),
        Tcp("tcp.Window", static (in p, in _) => BinaryPrimitives.ReadUInt16BigEndian(p.Transport[14..])),
        Tcp("tcp.Checksum", static (in _, in t) => t.Checksum),
        Tcp("tcp.UrgPtr", static (in p, in _) => BinaryPrimitives.ReadUInt16BigEndian(p.Transport[18..])),
        Tcp("tcp.PayloadLength", static (in _, in t) => (UInt128)t.PayloadLength),
        Udp("udp.SrcPort", static (in u) => u.SourcePort),
        Udp("udp.DstPort", static (in u) => u.DestinationPort),
        Udp("udp.Length", static (in u) => u.Length),
        Udp("udp.Checksum", static (in u) => u.Checksum),
        Udp("udp.PayloadLength", static (in u) => (UInt128)u.PayloadLength),
    ];

    private static FieldReader Flag(string name, FilterLayers layers, DivertAddressFlags flag) =>
        new(name, layers, (in s) => Bit(s.Address.Has(flag)));

    private static FieldReader V4(string name, PacketReader read) =>
        new(name, Packets, (in s) => IPPacket.TryParse(s.Packet, out var packet) && !packet.IsV6 ? read(packet) : null);

    private static FieldReader V6(string name, PacketReader read) =>
        new(name, Packets, (in s) => IPPacket.TryParse(s.Packet, out var packet) && packet.IsV6 ? read(packet) : null);

    private static FieldReader Tcp(string name, SegmentReader read) => new(name, Packets, (in s) =>
        IPPacket.TryParse(s.Packet, out var packet) && TcpSegment.TryParse(packet, out var segment) ? read(packet, segment) : null);

    private static FieldReader TcpFlag(string name, TcpFlags flag) => Tcp(name, (in _, in t) => Bit((t.Flags & flag) != 0));

    private static FieldReader Udp(string name, DatagramReader read) => new(name, Packets, (in s) =>
        IPPacket.TryParse(s.Packet, out var packet) && UdpDatagram.TryParse(packet, out var datagram) ? read(datagram) : null);

    private static UInt128 Bit(bool value) => value ? UInt128.One : UInt128.Zero;

    private static bool IsPacket(in FilterSubject subject) => subject.Layer is DivertLayer.Network or DivertLayer.NetworkForward;

    private static bool IsV6(in FilterSubject subject) => IsPacket(subject)
        ? IPPacket.TryParse(subject.Packet, out var packet) && packet.IsV6
        : subject.Address.Has(DivertAddressFlags.IPv6);

    private static bool HasProtocol(in FilterSubject subject, byte protocol) => IsPacket(subject)
        ? IPPacket.TryParse(subject.Packet, out var packet) && packet.Protocol == protocol
        : subject.Address.Protocol == protocol;

    private static UInt128? EndOf(in FilterSubject subject, bool local, bool port)
    {
        if (!IPPacket.TryParse(subject.Packet, out var packet))
        {
            return null;
        }

        var source = local == subject.Address.Has(DivertAddressFlags.Outbound);
        if (!port)
        {
            return source ? packet.Source : packet.Destination;
        }

        return TcpSegment.TryParse(packet, out var tcp) ? source ? tcp.SourcePort : tcp.DestinationPort
            : UdpDatagram.TryParse(packet, out var udp) ? source ? udp.SourcePort : udp.DestinationPort
            : null;
    }
}
