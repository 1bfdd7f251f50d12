using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Packets;
using AktoDivert.Tests.Redirect.Simulation;

namespace AktoDivert.Tests.Redirect.Flows;

/// <summary>What happens to a batch between receive and send.</summary>
[TestClass]
public sealed class PacketPathTests
{
    private const ushort Listener = 35_000;
    private static readonly FlowKey _meant = SimMachine.KeyOf(50_001, v6: false);
    private static readonly FlowKey _meantV6 = SimMachine.KeyOf(50_001, v6: true);
    private static readonly FlowKey _unknown = SimMachine.KeyOf(50_002, v6: false);
    private static readonly Attribution _attribution = new(new ProcessIdentity { Pid = 100, Name = "p" }, Redirect: true, Selected: true);

    private readonly FlowTable _table = new(new FlowTableOptions(), 10_000_000);
    private readonly PacketBatch _batch = new(PacketBatch.MaxPackets, 1024 * 1024);
    private readonly PacketPath _path;

    public PacketPathTests() => _path = new PacketPath(_table, Listener, Listener, [443]);

    [TestMethod]
    public void Each_packet_of_a_batch_goes_its_own_way_and_the_order_stays()
    {
        Open(_meant);
        Open(_meantV6);
        byte[][] packets =
        [
            SimPacket.Tcp(_unknown, TcpFlags.Ack, 1, 1, [1]),
            SimPacket.Tcp(_unknown, TcpFlags.Syn, 7),
            SimPacket.Tcp(_meant, TcpFlags.Ack, 2, 1, [2, 2]),
            SimPacket.Tcp(new FlowKey(_meant.Local, _meant.Remote, Listener, 50_009, false), TcpFlags.Ack, 3),
            SimPacket.Tcp(_meantV6, TcpFlags.Ack, 4, 1, [4, 4, 4, 4]),
            SimPacket.Tcp(_meant with { RemotePort = 80 }, TcpFlags.Ack, 5),
            SimPacket.Tcp(_meant with { LocalPort = Listener, RemotePort = 50_001 }, TcpFlags.Syn | TcpFlags.Ack, 6),
        ];
        for (var i = 0; i < packets.Length; i++)
        {
            Assert.IsTrue(_batch.TryAdd(packets[i], SimPacket.Outbound(i == 4) with { Timestamp = i, InterfaceIndex = 99 }));
        }

        Assert.AreEqual(BatchOutcome.Reflected | BatchOutcome.Held, _path.Process(_batch, 1));

        // The held SYN and the listener's segment of no flow are gone.
        int[] kept = [0, 2, 4, 5, 6];
        Assert.AreEqual(kept.Length, _batch.Count);
        var rest = _batch.Buffer[.._batch.Length];
        for (var i = 0; i < kept.Length; i++)
        {
            Assert.IsTrue(IPPacket.TryParse(rest, out var ip) & TcpSegment.TryParse(ip, out var tcp));
            var reflected = kept[i] is 2 or 4 or 6;
            Assert.AreEqual(kept[i], (int)_batch.Addresses[i].Timestamp);
            Assert.AreEqual(!reflected, _batch.Addresses[i].Has(DivertAddressFlags.Outbound));
            Assert.AreEqual(reflected ? 12u : 99u, _batch.Addresses[i].InterfaceIndex, "the interface of the SYN");
            Assert.AreEqual(0xffff, InternetChecksum.OfTransport(ip));
            if (reflected)
            {
                var ports = kept[i] == 6 ? (443, 50_001) : (50_001, (int)Listener);
                Assert.AreEqual(ports, (tcp.SourcePort, tcp.DestinationPort));
            }
            else
            {
                CollectionAssert.AreEqual(packets[kept[i]], ip.Bytes.ToArray());
            }

            rest = rest[ip.Bytes.Length..];
        }

        Assert.IsTrue(rest.IsEmpty);
        Assert.AreEqual((3, 2, 0), (_path.Reflected, _path.Passed, _path.Malformed));
    }

    [TestMethod]
    public void Behind_a_length_that_makes_no_sense_everything_passes_as_it_came()
    {
        Open(_meant);
        byte[][] packets = [SimPacket.Tcp(_unknown, TcpFlags.Syn, 7), SimPacket.Tcp(_meant, TcpFlags.Ack, 1), SimPacket.Tcp(_meant, TcpFlags.Ack, 2)];
        packets[1][2] = 0xff;
        foreach (var packet in packets)
        {
            Assert.IsTrue(_batch.TryAdd(packet, SimPacket.Outbound(false)));
        }

        Assert.AreEqual(BatchOutcome.Held, _path.Process(_batch, 1));
        Assert.AreEqual((2, 2), (_batch.Count, (int)_path.Malformed));
        CollectionAssert.AreEqual(packets[1].Concat(packets[2]).ToArray(), _batch.Buffer[.._batch.Length].ToArray());
    }

    [TestMethod]
    [DataRow(0, 2, 0, 0)]
    [DataRow(40, 2, 40, 1)]
    [DataRow(80, 1, 40, 1)]
    [DataRow(39, 1, 39, 1)]
    [DataRow(-5, -5, 0, 0)]
    [DataRow(int.MaxValue, int.MaxValue, -1, -1)]
    public void Counts_of_the_driver_that_do_not_fit_together_cost_nothing_else(int bytes, int addresses, int length, int count)
    {
        for (var i = 0; i < 2; i++)
        {
            Assert.IsTrue(_batch.TryAdd(SimPacket.Tcp(_unknown, TcpFlags.Ack, 1), SimPacket.Outbound(false)));
        }

        _batch.Filled(bytes, addresses);
        _path.Process(_batch, 1);
        Assert.IsTrue(length < 0 || (_batch.Length, _batch.Count) == (length, count), $"{_batch.Length} bytes in {_batch.Count} packets");
    }

    [TestMethod]
    public void Fragments_and_cut_headers_pass_and_the_latter_are_counted()
    {
        var fragment = SimPacket.Tcp(_meant, TcpFlags.Ack, 1);
        fragment[6] = 0x20;
        var cut = SimPacket.Tcp(_meant, TcpFlags.Ack, 1);
        cut[32] = 0xf0;
        var udp = SimPacket.Tcp(_meant, TcpFlags.Ack, 1);
        udp[9] = 17;
        foreach (var packet in new[] { fragment, cut, udp })
        {
            Assert.IsTrue(_batch.TryAdd(packet, SimPacket.Outbound(false)));
        }

        Assert.AreEqual(BatchOutcome.None, _path.Process(_batch, 1));
        CollectionAssert.AreEqual(fragment.Concat(cut).Concat(udp).ToArray(), _batch.Buffer[.._batch.Length].ToArray());
        Assert.AreEqual((3, 1), (_path.Passed, _path.Malformed));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Packets_of_known_flows_allocate_nothing(bool v6)
    {
        var key = v6 ? _meantV6 : _meant;
        Open(key);
        byte[][] packets =
        [
            SimPacket.Tcp(key, TcpFlags.Ack, 1, 1, new byte[1400]),
            SimPacket.Tcp(key with { LocalPort = Listener, RemotePort = 50_001 }, TcpFlags.Ack, 1, 1, new byte[1400]),
            SimPacket.Tcp(_unknown, TcpFlags.Ack, 1),
        ];
        var least = long.MaxValue;
        for (var round = 0; round < 10; round++)
        {
            // The runtime allocates a little itself when it compiles a method anew, so the least of some rounds counts.
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 500; i++)
            {
                Fill(packets);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.AreEqual(0, least);
        Assert.AreEqual(10_000, _path.Reflected);

        void Fill(byte[][] all)
        {
            _batch.Clear();
            foreach (var packet in all)
            {
                _batch.TryAdd(packet, new DivertAddress { Flags = DivertAddressFlags.Outbound | DivertAddressFlags.TcpChecksum });
            }

            _path.Process(_batch, 1);
        }
    }

    private void Open(FlowKey key)
    {
        _table.OnConnect(key, _attribution, 0, 0);
        var packet = SimPacket.Tcp(key, TcpFlags.Syn, 7);
        Assert.IsTrue(IPPacket.TryParse(packet, out var ip) & TcpSegment.TryParse(ip, out var tcp));
        Assert.AreEqual(FlowAction.Reflect, _table.OnSyn(key, tcp, packet, SimPacket.Outbound(key.IsV6), 0));
    }
}
