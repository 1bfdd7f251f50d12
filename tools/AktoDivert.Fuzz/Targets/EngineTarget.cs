using System.Runtime.InteropServices;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Engine;
using AktoDivert.Redirect.Flows;

namespace AktoDivert.Fuzz.Targets;

/// <summary>
/// The packet engine under a driver that may say anything: bytes that are no packets, lengths and addresses that make no sense, errors on
/// every send, more connections than the table holds. The first bytes of an input choose, the rest is what the driver hands over.
/// No exception may leave the loops, and every packet that is sent must be one that came, untouched or turned round.
/// </summary>
internal sealed class EngineTarget : IFuzzTarget, IDisposable
{
    private const int ChoiceBytes = 8;
    private const ushort Listener = 35_000;
    private const long Start = 1_000_000_000;
    private static readonly int[] Errors = [0, 0, 0, 87, 122, 433, 1232, 4711];
    private static readonly Attribution Meant = new(new ProcessIdentity { Pid = 100, Name = "claude" }, Redirect: true, Selected: true);

    private readonly ScriptedClock _clock = new();
    private readonly ScriptedHandle _handle = new();
    private readonly FlowTable _table;
    private readonly PacketPath _path;
    private readonly PacketLoop _loop;
    private readonly PacketBatch _batch = new(64, PacketBatch.MaxPacketLength);
    private readonly PacketBatch _single = new(1, PacketBatch.MaxPacketLength);
    private readonly PacketSender _sender;
    private readonly Attributor _attributor;
    private readonly OwnerLookup _lookup;
    private readonly List<ReleasedSyn> _released = [];
    private readonly List<FlowEntry> _flows = [];

    public EngineTarget()
    {
        _table = new FlowTable(new FlowTableOptions { Capacity = 6, MaxPending = 3, MaxEvidence = 4 }, _clock.TimestampFrequency);
        _path = new PacketPath(_table, Listener, Listener, [443]);
        var resets = new ResetSender(() => _handle, _table, _clock);
        _sender = new PacketSender(resets.OnSendFailed);
        _loop = new PacketLoop(
            _handle, _batch, _path, _sender, new QueueWait(new EngineOptions(), _clock), static () => true, static () => { }, static _ => { }, _clock);
        var processes = new ScriptedProcesses();
        var judge = new ProcessJudge(processes, _clock) { Selection = new ProcessSelection(RedirectScope.All, []) };
        _attributor = new Attributor(_table, judge, Release, static _ => { }, _clock);
        _lookup = new OwnerLookup(_table, judge, processes, Release, _clock);
    }

    public string Name => "engine";

    public IReadOnlyList<byte[]> Seeds { get; } = EngineSeeds.All();

    public void Dispose() => _handle.Dispose();

    public void Execute(ReadOnlySpan<byte> input)
    {
        Span<byte> choices = stackalloc byte[ChoiceBytes];
        input[..Math.Min(input.Length, ChoiceBytes)].CopyTo(choices);
        var bytes = input[Math.Min(input.Length, ChoiceBytes)..];
        Prepare();
        if ((choices[0] & 1) != 0)
        {
            Attribute(bytes);
        }

        _handle.Clear();
        _handle.Bytes = bytes.ToArray();
        _handle.ClaimedAddresses = (sbyte)choices[1];
        _handle.ClaimedExtra = (sbyte)choices[2] * (choices[0] & 2);
        _handle.Flags = (DivertAddressFlags)choices[3];
        _handle.ReceiveError = (choices[0] & 4) != 0 ? new DivertError(Errors[choices[4] & 7]) : DivertError.None;
        _handle.SendError = new DivertError(Errors[choices[5] & 7]);
        var (passed, reflected, malformed) = (_path.Passed, _path.Reflected, _path.Malformed);
        var counters = _table.ReadCounters();
        _ = _loop.Step();
        PacketCheck.Sent(_handle.Received, _handle.Sent, Listener);
        var dropped = _table.ReadCounters().StrayDropped - counters.StrayDropped;
        if (_handle.ReceiveError.Succeeded && _path.Passed + _path.Reflected + _path.Malformed + dropped + _handle.Held
            < passed + reflected + malformed + _handle.ReceivedCount)
        {
            throw new InvalidDataException("A packet was not counted.");
        }

        _clock.Now += choices[6] * 100_000L;
        _lookup.Step();
        _released.Clear();
        _table.TakeOverdue(_clock.Now, _released);
        _released.ForEach(Release);
        _clock.Now += choices[7] * 10_000_000L;
        _table.Expire(_clock.Now);
        _released.Clear();
        _table.Flush(_flows, _released, _clock.Now);
        if (_table.Count + _table.PendingCount + _table.RedirectedCount != 0)
        {
            throw new InvalidDataException("Something stayed in the table.");
        }
    }

    // Two connections that are redirected, and one that is held.
    private void Prepare()
    {
        _clock.Now = Start;
        _flows.Clear();
        foreach (var key in EngineSeeds.Redirected)
        {
            _table.OnConnect(key, Meant, Start, Start);
        }

        foreach (var syn in EngineSeeds.Opening)
        {
            _single.Clear();
            _ = _single.TryAdd(syn, new DivertAddress { Timestamp = Start, Flags = DivertAddressFlags.Outbound | DivertAddressFlags.TcpChecksum });
            _ = _path.Process(_single, Start);
        }
    }

    private void Attribute(ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= DivertAddress.Size; bytes = bytes[DivertAddress.Size..])
        {
            _attributor.Enqueue(SocketEvent.From(MemoryMarshal.Read<DivertAddress>(bytes)));
        }

        _attributor.Step();
    }

    private void Release(ReleasedSyn syn)
    {
        _single.Clear();
        _ = _single.TryAdd(syn.Packet, syn.Flow.SynAddress);
        if (syn.Action == FlowAction.Reflect)
        {
            _path.Reflect(_single.Buffer[.._single.Length], ref _single.Addresses[0]);
        }

        _ = _sender.Send(_handle, _single);
    }
}
