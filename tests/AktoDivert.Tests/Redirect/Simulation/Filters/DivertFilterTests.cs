using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Engine;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Packets;

namespace AktoDivert.Tests.Redirect.Simulation.Filters;

/// <summary>The filter language with its traps, as the real compiler has them, and the engine's own filters in it.</summary>
[TestClass]
public sealed class DivertFilterTests
{
    private static readonly EngineFilters _filters = new(77, [443, 8443], [35_000], EngineOptions.DefaultOwnPorts);

    [TestMethod]
    [DataRow("not (tcp and udp)", "a parenthesis is not negated")]
    [DataRow("!(tcp)", "a parenthesis is not negated")]
    [DataRow("tcp ? udp : ip", "a choice stands in parentheses")]
    [DataRow("tcp.dstport == 443", "names have their case")]
    [DataRow("TCP", "a macro is no field")]
    [DataRow("processId == 4", "no process on NETWORK")]
    [DataRow("endpointId == 4", "no endpoint on NETWORK")]
    [DataRow("tcp and", "something must follow")]
    [DataRow("tcp udp", "something must stand between")]
    [DataRow("(tcp", "it must be closed")]
    [DataRow("tcp)", "it must be opened")]
    [DataRow("tcp.DstPort == x", "a value")]
    [DataRow("tcp.DstPort == -1", "no sign")]
    [DataRow("ip.SrcAddr == 1.2.3", "a whole address")]
    [DataRow("", "nothing")]
    public void What_the_compiler_refuses_is_refused(string text, string because) =>
        Assert.ThrowsExactly<FilterSyntaxException>(() => DivertFilter.Parse(text, DivertLayer.Network), because);

    [TestMethod]
    [DataRow("tcp.DstPort == 443", (int)DivertLayer.Socket)]
    [DataRow("ifIdx == 1", (int)DivertLayer.Socket)]
    [DataRow("impostor", (int)DivertLayer.Flow)]
    [DataRow("length > 1", (int)DivertLayer.Socket)]
    [DataRow("loopback", (int)DivertLayer.NetworkForward)]
    [DataRow("localPort == 1", (int)DivertLayer.NetworkForward)]
    [DataRow("outbound", (int)DivertLayer.NetworkForward)]
    [DataRow("processId == 1", (int)DivertLayer.NetworkForward)]
    public void A_field_on_the_wrong_layer_is_refused(string text, int layer) =>
        Assert.ThrowsExactly<FilterSyntaxException>(() => DivertFilter.Parse(text, (DivertLayer)layer));

    [TestMethod]
    [DataRow("tcp", true)]
    [DataRow("not tcp", false)]
    [DataRow("not not tcp", true)]
    [DataRow("udp", false)]
    [DataRow("not udp", true)]
    [DataRow("not udp.DstPort == 80", false)]
    [DataRow("udp.DstPort != 80", false)]
    [DataRow("tcp.DstPort == 443 && ! tcp.Syn", true)]
    [DataRow("tcp.DstPort = 0x1bb", true)]
    [DataRow("tcp.DstPort >= 443 and tcp.DstPort <= 443", true)]
    [DataRow("tcp.DstPort < 443 or tcp.DstPort > 443", false)]
    [DataRow("udp or tcp and ip", true)]
    [DataRow("(udp ? false : tcp.DstPort == 443)", true)]
    [DataRow("(tcp ? tcp.Syn : true)", false)]
    [DataRow("ip.DstAddr == 203.0.113.10 and remoteAddr == 203.0.113.10 and remotePort == 443", true)]
    [DataRow("localAddr == 192.0.2.7 and localPort == 50001 and protocol == TCP", true)]
    [DataRow("ipv6.DstAddr == 2001:db8::10", false)]
    [DataRow("inbound", false)]
    [DataRow("true", true)]
    [DataRow("not true", false)]
    [DataRow("zero", false)]
    public void A_packet_matches_as_the_evaluator_says(string text, bool matches)
    {
        var packet = SimPacket.Tcp(SimMachine.KeyOf(50_001, false), TcpFlags.Ack, 1);
        Assert.AreEqual(matches, DivertFilter.Parse(text, DivertLayer.Network).Matches(packet, SimPacket.Outbound(false)));
    }

    [TestMethod]
    public void Two_hundred_and_fifty_three_processes_fit_and_no_more()
    {
        Assert.AreEqual(DivertFilter.MaxInstructions, DivertFilter.Parse(OfOnePort.QuicOf(Enumerable.Range(1, EngineFilters.MaxProcesses)), DivertLayer.Socket).Tests);
        Assert.ThrowsExactly<FilterSyntaxException>(
            () => DivertFilter.Parse(OfOnePort.QuicOf(Enumerable.Range(1, EngineFilters.MaxProcesses + 1)), DivertLayer.Socket));
    }

    [TestMethod]
    [DataRow((int)TcpFlags.Syn, 50_001, 443, true)]
    [DataRow((int)TcpFlags.Syn, 50_001, 8443, true)]
    [DataRow((int)TcpFlags.Syn, 50_001, 80, false)]
    [DataRow((int)TcpFlags.Syn, 40_000, 443, false)]
    [DataRow((int)TcpFlags.Syn, 44_095, 443, false)]
    [DataRow((int)TcpFlags.Syn, 44_096, 443, true)]
    [DataRow((int)(TcpFlags.Syn | TcpFlags.Ack), 50_001, 443, false)]
    [DataRow((int)TcpFlags.Ack, 50_001, 443, false)]
    public void The_gate_sees_first_segments_only(int flags, int from, int to, bool seen)
    {
        var key = SimMachine.KeyOf((ushort)from, false) with { RemotePort = (ushort)to };
        Assert.AreEqual(seen, Matches(_filters.SynGate, SimPacket.Tcp(key, (TcpFlags)flags, 1), DivertAddressFlags.Outbound));
    }

    [TestMethod]
    [DataRow((int)TcpFlags.Ack, 50_001, 443, true)]
    [DataRow((int)TcpFlags.Ack, 40_001, 443, false)]
    [DataRow((int)TcpFlags.Syn, 50_001, 443, false)]
    [DataRow((int)(TcpFlags.Syn | TcpFlags.Ack), 35_000, 50_001, true)]
    [DataRow((int)TcpFlags.Ack, 50_001, 80, false)]
    public void The_data_handle_sees_what_follows_and_the_listeners_answers(int flags, int from, int to, bool seen)
    {
        var key = SimMachine.KeyOf((ushort)from, false) with { RemotePort = (ushort)to };
        var packet = SimPacket.Tcp(key, (TcpFlags)flags, 1);
        Assert.AreEqual(seen, Matches(_filters.Packets, packet, DivertAddressFlags.Outbound));
        Assert.IsFalse(Matches(_filters.Packets, packet, DivertAddressFlags.None));
        Assert.IsFalse(Matches(_filters.Packets, packet, DivertAddressFlags.Outbound | DivertAddressFlags.Loopback));
        Assert.IsFalse(Matches(_filters.Packets, packet, DivertAddressFlags.Outbound | DivertAddressFlags.Impostor));
    }

    [TestMethod]
    [DataRow((int)DivertEvent.SocketConnect, 6, 443, 5, true)]
    [DataRow((int)DivertEvent.SocketConnect, 6, 80, 5, false)]
    [DataRow((int)DivertEvent.SocketConnect, 6, 443, 77, false)]
    [DataRow((int)DivertEvent.SocketConnect, 17, 443, 5, false)]
    [DataRow((int)DivertEvent.SocketClose, 6, 80, 5, true)]
    [DataRow((int)DivertEvent.SocketListen, 6, 443, 5, false)]
    public void The_attribution_handle_sees_connects_of_others(int what, int protocol, int port, int process, bool seen)
    {
        var address = new DivertAddress
        {
            Event = (DivertEvent)what, Flags = DivertAddressFlags.Outbound, Protocol = (byte)protocol, RemotePort = (ushort)port, ProcessId = (uint)process,
        };
        Assert.AreEqual(seen, DivertFilter.Parse(_filters.Attribution, DivertLayer.Socket).Matches([], address));
    }

    [TestMethod]
    public void The_guard_sees_what_comes_from_outside_to_the_listener()
    {
        var key = SimMachine.KeyOf(1234, false);
        var packet = SimPacket.Tcp(new FlowKey(key.Remote, key.Local, 1234, 35_000, false), TcpFlags.Syn, 1);
        Assert.IsTrue(Matches(_filters.Guard, packet, DivertAddressFlags.None));
        Assert.IsFalse(Matches(_filters.Guard, packet, DivertAddressFlags.Impostor));
        Assert.IsFalse(Matches(_filters.Guard, packet, DivertAddressFlags.Loopback));
        Assert.IsFalse(Matches(_filters.Guard, packet, DivertAddressFlags.Outbound));
    }

    private static EngineFilters OfOnePort => new(77, [443], [35_000], EngineOptions.DefaultOwnPorts);

    private static bool Matches(string filter, byte[] packet, DivertAddressFlags flags) =>
        DivertFilter.Parse(filter, DivertLayer.Network).Matches(packet, new DivertAddress { Flags = flags });
}
