using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Packets;
using AktoDivert.Tests.Redirect.Simulation;
using FsCheck;

namespace AktoDivert.Tests.Redirect.Packets;

/// <summary>A packet turned round differs in addresses, one port and its checksum, and in nothing else.</summary>
[TestClass]
public sealed class ReflectionTests
{
    private const DivertAddressFlags Valid = DivertAddressFlags.TcpChecksum | DivertAddressFlags.IPChecksum;

    [TestMethod]
    public void The_checksum_stays_right_and_the_way_back_restores_the_packet() =>
        Prop.ForAll<byte[], ushort, bool>((payload, port, v6) =>
        {
            var key = SimMachine.KeyOf(50_001, v6);
            var packet = SimPacket.Tcp(key, TcpFlags.Ack, 1, 2, payload);
            var before = packet.ToArray();
            var address = new DivertAddress { Flags = Valid | DivertAddressFlags.Outbound };
            Turn(packet, Reflection.DestinationPort, port, ref address);

            Assert.IsTrue(IPPacket.TryParse(packet, out var ip));
            Assert.IsTrue(TcpSegment.TryParse(ip, out var tcp));
            Assert.AreEqual(0xffff, InternetChecksum.OfTransport(ip));
            Assert.AreEqual((key.Remote, key.Local), (ip.Source, ip.Destination));
            Assert.AreEqual((key.LocalPort, port), (tcp.SourcePort, tcp.DestinationPort));
            Assert.IsTrue(v6 || InternetChecksum.Finish(InternetChecksum.Sum(packet.AsSpan(0, 20))) == 0, "the header's checksum");
            Assert.AreEqual(Valid, address.Flags);

            Turn(packet, Reflection.DestinationPort, 443, ref address);
            return packet.AsSpan().SequenceEqual(before);
        }).QuickCheckThrowOnFailure();

    [TestMethod]
    public void A_checksum_that_is_left_to_the_network_card_stays_left()
    {
        var packet = SimPacket.Tcp(SimMachine.KeyOf(50_001, false), TcpFlags.Ack, 1);
        var (high, low) = (packet[36], packet[37]);
        var address = new DivertAddress { Flags = DivertAddressFlags.Outbound };
        Turn(packet, Reflection.SourcePort, 1, ref address);
        Assert.AreEqual((high, low), (packet[36], packet[37]));
        Assert.AreEqual(DivertAddressFlags.None, address.Flags);
    }

    [TestMethod]
    [DataRow(false, 40)]
    [DataRow(true, 60)]
    public void A_reset_is_a_valid_packet_from_the_far_end(bool v6, int length)
    {
        var key = SimMachine.KeyOf(50_001, v6);
        Span<byte> packet = stackalloc byte[ResetPacket.MaxLength];
        packet.Fill(0xee);
        Assert.AreEqual(length, ResetPacket.Write(packet, key, 0xfffffffe, 7));

        Assert.IsTrue(IPPacket.TryParse(packet, out var ip));
        Assert.IsTrue(TcpSegment.TryParse(ip, out var tcp));
        Assert.AreEqual(key, new FlowKey(ip.Destination, ip.Source, tcp.DestinationPort, tcp.SourcePort, ip.IsV6));
        Assert.AreEqual((TcpFlags.Rst | TcpFlags.Ack, 0xfffffffe, 7u), (tcp.Flags, tcp.Sequence, tcp.Acknowledgement));
        Assert.AreEqual(0xffff, InternetChecksum.OfTransport(ip));
        Assert.IsTrue(v6 || InternetChecksum.Finish(InternetChecksum.Sum(packet[..20])) == 0);
        Assert.IsFalse(ResetPacket.AddressFor(key, 3, 4, 5).Has(DivertAddressFlags.Outbound));
    }

    private static void Turn(byte[] packet, int portOffset, ushort port, ref DivertAddress address)
    {
        Assert.IsTrue(IPPacket.TryParse(packet, out var ip));
        Assert.IsTrue(TcpSegment.TryParse(ip, out var tcp));
        Reflection.Apply(ip, tcp, portOffset, port, ref address);
    }
}
