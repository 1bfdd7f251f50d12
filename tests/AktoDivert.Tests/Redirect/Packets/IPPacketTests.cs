using System.Buffers.Binary;
using System.Net;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Packets;
using AktoDivert.Tests.Redirect.Simulation;

namespace AktoDivert.Tests.Redirect.Packets;

/// <summary>Views of packets: what stands where, and that nothing cut, claimed or odd is believed.</summary>
[TestClass]
public sealed class IPPacketTests
{
    private const byte HopByHop = 0;
    private const byte Routing = 43;
    private const byte Fragment = 44;
    private const byte DestinationOptions = 60;
    private static readonly FlowKey _v4 = SimMachine.KeyOf(50_001, v6: false);
    private static readonly FlowKey _v6 = SimMachine.KeyOf(50_001, v6: true);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Each_field_is_read_from_its_place(bool v6)
    {
        var key = v6 ? _v6 : _v4;
        byte[] packet = [.. SimPacket.Tcp(key, TcpFlags.Psh | TcpFlags.Ack, 0x01020304, 0x05060708, [1, 2, 3]), 0xee, 0xee];

        Assert.IsTrue(IPPacket.TryParse(packet, out var ip));
        Assert.AreEqual(v6, ip.IsV6);
        Assert.AreEqual((key.Local, key.Remote), (ip.Source, ip.Destination));
        Assert.AreEqual(packet.Length - 2, ip.Bytes.Length, "what stands behind the packet is not its own");
        Assert.IsFalse(ip.IsFragment);
        Assert.IsTrue(TcpSegment.TryParse(ip, out var tcp));
        Assert.AreEqual((key.LocalPort, key.RemotePort), (tcp.SourcePort, tcp.DestinationPort));
        Assert.AreEqual((0x01020304u, 0x05060708u), (tcp.Sequence, tcp.Acknowledgement));
        Assert.AreEqual(TcpFlags.Psh | TcpFlags.Ack, tcp.Flags);
        Assert.AreEqual((3, 0x01020307u, false), (tcp.PayloadLength, tcp.NextSequence, tcp.IsOpening));
        Assert.IsFalse(UdpDatagram.TryParse(ip, out _));
    }

    [TestMethod]
    [DataRow((int)TcpFlags.Syn, true, 8u)]
    [DataRow((int)(TcpFlags.Syn | TcpFlags.Ack), false, 8u)]
    [DataRow((int)(TcpFlags.Fin | TcpFlags.Ack), false, 8u)]
    [DataRow((int)TcpFlags.Rst, false, 7u)]
    public void SYN_and_FIN_take_a_sequence_number_each(int flags, bool opening, uint next)
    {
        Assert.IsTrue(IPPacket.TryParse(SimPacket.Tcp(_v4, (TcpFlags)flags, 7), out var ip));
        Assert.IsTrue(TcpSegment.TryParse(ip, out var tcp));
        Assert.AreEqual((opening, next), (tcp.IsOpening, tcp.NextSequence));
    }

    [TestMethod]
    public void Options_of_IPv4_and_TCP_move_what_follows()
    {
        var plain = SimPacket.Tcp(_v4, TcpFlags.Syn, 1, payload: [9]);
        byte[] packet = [.. plain[..20], .. new byte[40], .. plain[20..40], .. new byte[40], 9];
        packet[0] = 0x4f;
        packet[60 + 12] = 0xf0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);

        Assert.IsTrue(IPPacket.TryParse(packet, out var ip));
        Assert.AreEqual(60, ip.TransportOffset);
        Assert.IsTrue(TcpSegment.TryParse(ip, out var tcp));
        Assert.AreEqual((443, 1), ((int)tcp.DestinationPort, tcp.PayloadLength));
    }

    [TestMethod]
    [DataRow(new[] { HopByHop })]
    [DataRow(new[] { Routing })]
    [DataRow(new[] { DestinationOptions })]
    [DataRow(new[] { HopByHop, DestinationOptions, Routing, DestinationOptions })]
    [DataRow(new[] { HopByHop, HopByHop, HopByHop, HopByHop, HopByHop, HopByHop, HopByHop, HopByHop })]
    public void Extension_headers_are_walked(byte[] headers)
    {
        var packet = WithExtensions(headers);
        Assert.IsTrue(IPPacket.TryParse(packet, out var ip));
        Assert.IsTrue(TcpSegment.TryParse(ip, out var tcp));
        Assert.AreEqual((TcpSegment.Protocol, 443), (ip.Protocol, (int)tcp.DestinationPort));
        for (var cut = 0; cut < packet.Length; cut++)
        {
            MustNotParse(packet, cut);
        }
    }

    [TestMethod]
    public void More_extension_headers_than_any_sender_uses_are_refused() =>
        Assert.IsFalse(IPPacket.TryParse(WithExtensions([.. Enumerable.Repeat(HopByHop, 9)]), out _));

    [TestMethod]
    public void A_fragment_has_no_ports()
    {
        Assert.IsTrue(IPPacket.TryParse(WithExtensions([Fragment]), out var v6));
        Assert.IsTrue(v6.IsFragment);
        Assert.IsFalse(TcpSegment.TryParse(v6, out _));
        foreach (var field in new byte[] { 0x20, 0x01 })
        {
            var packet = SimPacket.Tcp(_v4, TcpFlags.Ack, 1);
            packet[field == 0x20 ? 6 : 7] = field;
            Assert.IsTrue(IPPacket.TryParse(packet, out var v4));
            Assert.IsTrue(v4.IsFragment);
            Assert.IsFalse(TcpSegment.TryParse(v4, out _));
        }
    }

    [TestMethod]
    public void A_header_that_claims_too_little_or_too_much_is_refused()
    {
        foreach (var (at, value) in new (int, byte)[] { (0, 0x44), (0, 0x50), (0, 0x4f), (2, 0xff), (3, 19) })
        {
            var packet = SimPacket.Tcp(_v4, TcpFlags.Ack, 1);
            packet[at] = value;
            Assert.IsFalse(IPPacket.TryParse(packet, out _), $"{value:x2} at {at}");
        }

        foreach (var length in new byte[] { 0x40, 0x60, 0xf0 })
        {
            var packet = SimPacket.Tcp(_v4, TcpFlags.Ack, 1);
            packet[32] = length;
            Assert.IsTrue(IPPacket.TryParse(packet, out var ip));
            Assert.IsFalse(TcpSegment.TryParse(ip, out _), $"a TCP header of {(length >> 4) * 4} bytes");
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_packet_cut_at_any_byte_is_no_packet(bool v6)
    {
        foreach (var packet in new[] { SimPacket.Tcp(v6 ? _v6 : _v4, TcpFlags.Ack, 1, 2, [1, 2, 3]), Udp(v6) })
        {
            for (var cut = 0; cut < packet.Length; cut++)
            {
                MustNotParse(packet, cut);
            }
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_transport_header_cut_at_any_byte_is_none(bool v6)
    {
        var tcp = SimPacket.Tcp(v6 ? _v6 : _v4, TcpFlags.Ack, 1);
        var udp = Udp(v6);
        for (var cut = v6 ? 40 : 20; cut < tcp.Length; cut++)
        {
            Assert.IsTrue(IPPacket.TryParse(Claiming(tcp, cut), out var ip));
            Assert.IsFalse(TcpSegment.TryParse(ip, out _), $"cut at {cut}");
            if (cut < udp.Length - 4)
            {
                Assert.IsTrue(IPPacket.TryParse(Claiming(udp, cut), out ip));
                Assert.IsFalse(UdpDatagram.TryParse(ip, out _), $"cut at {cut}");
            }
        }

        Assert.IsTrue(IPPacket.TryParse(udp, out var whole));
        Assert.IsTrue(UdpDatagram.TryParse(whole, out var datagram));
        Assert.AreEqual((50_001, 443, 12, 0xabcd, 4), (
            (int)datagram.SourcePort, (int)datagram.DestinationPort, (int)datagram.Length, (int)datagram.Checksum, datagram.PayloadLength));
    }

    [TestMethod]
    public void Random_bytes_never_throw()
    {
        var random = new Random(1);
        var bytes = new byte[120];
        var parsed = 0;
        for (var i = 0; i < 200_000; i++)
        {
            random.NextBytes(bytes);
            bytes[0] = (byte)((random.Next(2) == 0 ? 0x40 : 0x60) | (bytes[0] & 0xf));
            bytes[2] = bytes[4] = 0;
            bytes[3] &= 0x7f;
            bytes[5] &= 0x3f;
            if (IPPacket.TryParse(bytes.AsSpan(0, random.Next(bytes.Length)), out var ip))
            {
                parsed++;
                Assert.IsLessThanOrEqualTo(ip.Bytes.Length, ip.TransportOffset);
                _ = TcpSegment.TryParse(ip, out _) && UdpDatagram.TryParse(ip, out _);
                _ = InternetChecksum.OfTransport(ip);
            }
        }

        Assert.IsGreaterThan(10_000, parsed);
    }

    [TestMethod]
    public void Keys_that_differ_in_one_field_are_different_and_spread()
    {
        var key = new FlowKey(1, 2, 3, 4, false);
        foreach (var other in new[] { key with { Local = 2 }, key with { Remote = 1 }, key with { LocalPort = 4 }, key with { RemotePort = 3 } })
        {
            Assert.AreNotEqual(key, other);
            Assert.AreNotEqual(key.GetHashCode(), other.GetHashCode());
        }

        Assert.AreNotEqual(key, key with { IsV6 = true });
        Assert.AreEqual(key.GetHashCode(), new FlowKey(1, 2, 3, 4, false).GetHashCode());
        var buckets = new int[4096];
        for (var port = 0; port < 40_960; port++)
        {
            buckets[(uint)(_v4 with { LocalPort = (ushort)port }).GetHashCode() % 4096]++;
        }

        Assert.IsLessThan(60, buckets.Max(), "ten are to be expected in each");
        Assert.AreEqual("192.0.2.7:50001 -> 203.0.113.10:443", _v4.ToString());
        Assert.AreEqual(IPEndPoint.Parse("[2001:db8::10]:443"), _v6.RemoteEndPoint);
    }

    private static void MustNotParse(byte[] packet, int length)
    {
        Assert.IsFalse(IPPacket.TryParse(packet.AsSpan(0, length), out _), $"cut at {length}");
        Assert.AreEqual(0, IPPacket.LengthOf(packet.AsSpan(0, length)));
    }

    // The same bytes with a header that says where they end.
    private static byte[] Claiming(byte[] packet, int length)
    {
        var cut = packet[..length];
        BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(cut[0] >> 4 == 6 ? 4 : 2), (ushort)(cut[0] >> 4 == 6 ? length - 40 : length));
        return cut;
    }

    private static byte[] Udp(bool v6)
    {
        var header = v6 ? 40 : 20;
        var packet = SimPacket.Tcp(v6 ? _v6 : _v4, TcpFlags.None, 0)[..(header + 12)];
        packet[v6 ? 6 : 9] = UdpDatagram.Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(header + 4), 12);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(header + 6), 0xabcd);
        return Claiming(packet, packet.Length);
    }

    // Each header has 8 bytes, the second one 16.
    private static byte[] WithExtensions(byte[] headers)
    {
        var plain = SimPacket.Tcp(_v6, TcpFlags.Ack, 1);
        var extensions = new List<byte>();
        for (var i = 0; i < headers.Length; i++)
        {
            var blocks = i == 1 && headers[i] != Fragment ? 1 : 0;
            var header = new byte[8 * (blocks + 1)];
            header[0] = i + 1 < headers.Length ? headers[i + 1] : TcpSegment.Protocol;
            header[1] = (byte)blocks;
            extensions.AddRange(header);
        }

        byte[] packet = [.. plain[..40], .. extensions, .. plain[40..]];
        packet[6] = headers[0];
        return Claiming(packet, packet.Length);
    }
}
