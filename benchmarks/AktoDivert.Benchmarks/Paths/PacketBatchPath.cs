using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Packets;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>A batch of 64 packets of 1500 bytes of a redirected connection, and what is done with them.</summary>
internal abstract class PacketBatchPath : HotPath
{
    /// <summary>Packets in a run.</summary>
    protected const int Packets = 64;

    private const int PacketBytes = 1500;
    private const ushort Listener = 35_000;
    private readonly PacketBatch _batch = new(Packets, Packets * PacketBytes);
    private readonly byte[] _copy = new byte[Packets * PacketBytes];
    private readonly FlowKey _key = new(0xc0000207, 0xcb00710a, 50_001, 443, false);
    private readonly FlowTable _table = new(new FlowTableOptions(), 10_000_000);
    private readonly PacketPath _path;

    private PacketBatchPath()
    {
        _path = new PacketPath(_table, Listener, Listener, [443]);
        _table.OnConnect(_key, new Attribution(new ProcessIdentity { Pid = 1, Name = "claude" }, true, true), 0, 0);
        Span<byte> packet = stackalloc byte[PacketBytes];
        packet.Clear();
        _ = ResetPacket.Write(packet, new FlowKey(_key.Remote, _key.Local, 443, 50_001, false), 1, 1);
        packet[33] = (byte)TcpFlags.Syn;
        _ = _batch.TryAdd(packet[..40], Address);
        _ = _path.Process(_batch, 0);
        packet[33] = (byte)TcpFlags.Ack;
        (packet[2], packet[3]) = (PacketBytes >> 8, PacketBytes & 0xff);
        for (var i = 0; i < Packets; i++)
        {
            packet.CopyTo(_copy.AsSpan(i * PacketBytes));
        }

        _copy.CopyTo(_batch.Buffer);
    }

    private static DivertAddress Address => new() { Flags = DivertAddressFlags.Outbound | DivertAddressFlags.TcpChecksum };

    /// <summary>Parsed, looked up, turned round and its checksum mended; then turned back by hand for the next run.</summary>
    internal sealed class Rewrite : PacketBatchPath
    {
        /// <inheritdoc />
        public override string Name => "packet-rewrite-64";

        /// <inheritdoc />
        public override void Run()
        {
            _batch.Addresses.Fill(Address);
            _batch.Filled(Packets * PacketBytes, Packets);
            var before = _path.Reflected;
            _ = _path.Process(_batch, 1);
            if (_path.Reflected - before != Packets)
            {
                throw new InvalidOperationException("a packet was not reflected");
            }

            // Headers only: 40 of 1500 bytes.
            for (var at = 0; at < Packets * PacketBytes; at += PacketBytes)
            {
                _copy.AsSpan(at, 40).CopyTo(_batch.Buffer[at..]);
            }
        }
    }

    /// <summary>What any way through user space costs at least: the packets copied once.</summary>
    internal sealed class Copy : PacketBatchPath
    {
        private readonly byte[] _to = new byte[PacketBytes];

        /// <inheritdoc />
        public override string Name => "packet-copy-64";

        /// <inheritdoc />
        public override void Run()
        {
            for (var at = 0; at < Packets * PacketBytes; at += PacketBytes)
            {
                _copy.AsSpan(at, PacketBytes).CopyTo(_to);
            }
        }
    }

    /// <summary>One look-up among the most flows there may be.</summary>
    internal sealed class LookUp : HotPath
    {
        private const int Flows = 32_768;
        private static readonly Attribution Other = new(new ProcessIdentity { Pid = 1, Name = "curl" }, false, false);
        private readonly FlowTable _table = new(new FlowTableOptions { MaxEvidence = Flows }, 10_000_000);
        private readonly byte[] _packet = new byte[ResetPacket.MaxLength];
        private int _next;

        /// <summary>Fills the table.</summary>
        public LookUp()
        {
            var syn = Segment(TcpFlags.Syn);
            for (var i = 0; i < Flows; i++)
            {
                _table.OnConnect(KeyOf(i), Other, 0, 0);
                _ = _table.OnSyn(KeyOf(i), syn, _packet.AsSpan(0, 40), Address, 0);
            }

            _ = Segment(TcpFlags.Ack);
            if (_table.Count != Flows)
            {
                throw new InvalidOperationException("the table is not full");
            }
        }

        /// <inheritdoc />
        public override string Name => "flow-table-look-up";

        /// <inheritdoc />
        public override void Run()
        {
            _next = (_next + 7919) % Flows;
            _ = IPPacket.TryParse(_packet, out var ip) & TcpSegment.TryParse(ip, out var segment);
            _ = _table.OnAppSegment(KeyOf(_next), segment, 1, out _);
        }

        private static FlowKey KeyOf(int i) => new(0xc0000207, (uint)(0xcb007100 + (i >> 14)), (ushort)(45_000 + (i & 0x3fff)), 443, false);

        private TcpSegment Segment(TcpFlags flags)
        {
            _ = ResetPacket.Write(_packet, KeyOf(0), 1, 1);
            _packet[33] = (byte)flags;
            _ = IPPacket.TryParse(_packet, out var ip);
            _ = TcpSegment.TryParse(ip, out var segment);
            return segment;
        }
    }
}
