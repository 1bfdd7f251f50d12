using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Packets;
using AktoDivert.Tests.Redirect.Simulation;

namespace AktoDivert.Tests.Redirect.Flows;

/// <summary>
/// Runs numbers as steps on the real table and on the reference, and compares every answer. Few keys and small limits, so that ports are
/// used again, tables are full and times run out all the time. Numbers, so that a failing script shrinks by itself.
/// </summary>
internal sealed class FlowScript
{
    private const long TicksPerSecond = 10_000;

    private static readonly TcpFlags[] _flags =
        [TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Rst, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Psh | TcpFlags.Ack];

    private static readonly int[] _pauses = [0, 10, 50, 200, 210, 500, 9_990, 10_000, 51_000, 301_000, 601_000, 1_201_000, 72_001_000];
    private static readonly int[] _skews = [-3_000, -51, -50, 0, 49, 50, 51, 400];
    private static readonly Attribution[] _attributions =
        [Of(100, true), Of(101, false), Of(Attribution.KernelProcessId, false)];

    private static readonly FlowKey[] _keys =
    [
        .. from v6 in new[] { false, true }
        from local in new ushort[] { 50_001, 50_002, 40_001 }
        from remote in new ushort[] { 443, 8443 }
        select SimMachine.KeyOf(local, v6) with { RemotePort = remote },
    ];

    private static readonly Dictionary<(uint Sequence, TcpFlags Flags), byte[]> _packets = (
        from sequence in new uint[] { 100, 200 }
        from flags in _flags.Append(TcpFlags.Syn)
        select (sequence, flags)).ToDictionary(packet => packet, packet => SimPacket.Tcp(_keys[0], packet.flags, packet.sequence));

    private readonly FlowTable _table;
    private readonly ReferenceFlowTable _reference;
    private readonly List<FlowEntry> _unanswered = [];
    private readonly List<ReleasedSyn> _released = [];
    private long _now = 1_000_000;

    private FlowScript(int kind)
    {
        var options = new FlowTableOptions
        {
            Capacity = 4, MaxPending = 2, MaxEvidence = 3, OwnPorts = (40_000, 40_010), Unknown = kind % 3 == 0 ? _attributions[0] : null,
        };
        var hasV6 = kind % 5 != 0;
        _table = new FlowTable(options, TicksPerSecond) { HasV6Listener = hasV6 };
        _reference = new ReferenceFlowTable(options, hasV6, static time => (long)(time.TotalSeconds * TicksPerSecond));
    }

    /// <summary>Null when both tables agree all the way; else where they part.</summary>
    internal static string? Diverges(int[] numbers)
    {
        var script = new FlowScript(numbers.Length == 0 ? 0 : numbers[0]);
        return script.Run(numbers);
    }

    /// <summary>What the table counted in a script.</summary>
    internal static FlowCounters Counters(int[] numbers)
    {
        var script = new FlowScript(numbers[0]);
        _ = script.Run(numbers);
        return script._table.ReadCounters();
    }

    private string? Run(int[] numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            if (Step(numbers[i]) is { } difference)
            {
                return $"step {i}: {difference}";
            }
        }

        return null;
    }

    private string? Step(int number)
    {
        var rest = (uint)number;
        var what = Take(ref rest, 20);
        var key = _keys[Take(ref rest, _keys.Length)];
        var sequence = Take(ref rest, 2) == 0 ? 100u : 200u;
        var flags = _flags[Take(ref rest, _flags.Length)];
        var attribution = _attributions[Take(ref rest, _attributions.Length)];
        var pause = _pauses[Take(ref rest, _pauses.Length)];
        var skew = _skews[rest % (uint)_skews.Length];
        var difference = what switch
        {
            0 or 1 or 2 or 3 => Compare("SYN", Syn(key, sequence), _reference.Syn(key, sequence, _now)),
            4 or 5 => Compare("app", App(key, sequence, flags), _reference.AppSegment(key, flags, _now)),
            6 or 7 => Compare("proxy", Proxy(key, sequence, flags), _reference.ProxySegment(key, flags, _now)),
            8 or 9 or 10 => Compare("connect", Show(_table.OnConnect(key, attribution, _now + skew, _now)), _reference.Connect(key, attribution, _now + skew, _now)),
            11 => Ask(attribution, answer: sequence == 100),
            12 or 13 => Overdue(),
            14 => Expire(),
            15 or 16 => Pause(pause),
            17 => sequence == 100 ? SocketClosed(key) : CloseFlow(key),
            18 => sequence == 100 ? Watermark(skew) : Compare("find", _table.FindReflected(key)?.Key, _reference.FindReflected(key)),
            _ => flags == TcpFlags.Ack ? Flush() : Suspend(flags == TcpFlags.Rst),
        };
        return difference
            ?? Compare("flows", _table.Count, _reference.Flows.Count)
            ?? Compare("held", _table.PendingCount, _reference.PendingCount)
            ?? Compare("redirected", _table.RedirectedCount, _reference.RedirectedCount)
            ?? Compare("counters", _table.ReadCounters(), _reference.Counters);
    }

    private FlowAction Syn(FlowKey key, uint sequence)
    {
        var packet = _packets[(sequence, TcpFlags.Syn)];
        return _table.OnSyn(key, Parse(packet), packet, new DivertAddress { Timestamp = _now }, _now);
    }

    private FlowAction App(FlowKey key, uint sequence, TcpFlags flags) => _table.OnAppSegment(key, Parse(_packets[(sequence, flags)]), _now, out _);

    private FlowAction Proxy(FlowKey key, uint sequence, TcpFlags flags) =>
        _table.OnProxySegment(key with { RemotePort = 0 }, Parse(_packets[(sequence, flags)]), _now, out _);

    private string? Ask(Attribution attribution, bool answer)
    {
        _unanswered.Clear();
        _table.TakeUnanswered(_now, _unanswered);
        var expected = _reference.Unanswered(_now);
        if (!_unanswered.Select(flow => flow.Key).SequenceEqual(expected))
        {
            return "other flows are asked for";
        }

        return answer
            ? _unanswered.Select(flow => Compare("owner", Show(_table.OnOwner(flow, attribution, _now)), _reference.Owner(flow.Key, attribution, _now)))
                .FirstOrDefault(difference => difference is not null)
            : null;
    }

    private string? Overdue()
    {
        _released.Clear();
        _table.TakeOverdue(_now, _released);
        return _released.Select(syn => Show(syn)!.Value).SequenceEqual(_reference.Overdue(_now)) ? null : "other SYNs are overdue";
    }

    private string? Expire()
    {
        _table.Expire(_now);
        _reference.Expire(_now);
        return null;
    }

    private string? Pause(int ticks)
    {
        _now += ticks;
        return null;
    }

    private string? SocketClosed(FlowKey key)
    {
        _table.OnSocketClosed(key, _now);
        _reference.SocketClosed(key, _now);
        return null;
    }

    private string? CloseFlow(FlowKey key)
    {
        if (_table.FindReflected(key) is { } flow)
        {
            _table.Close(flow, _now);
        }

        _reference.Close(key, _now);
        return null;
    }

    private string? Watermark(int skew)
    {
        _table.OnWatermark(_now + skew);
        _reference.Watermark(_now + skew);
        return null;
    }

    private string? Suspend(bool suspended)
    {
        _table.IsSuspended = _reference.IsSuspended = suspended;
        return null;
    }

    private string? Flush()
    {
        var redirected = new List<FlowEntry>();
        _released.Clear();
        _table.Flush(redirected, _released, _now);
        return Compare("flushed", (redirected.Count, _released.Count), _reference.Flush());
    }

    private static int Take(ref uint number, int choices)
    {
        var chosen = (int)(number % (uint)choices);
        number /= (uint)choices;
        return chosen;
    }

    private static (FlowKey Key, FlowAction Action)? Show(ReleasedSyn? syn) => syn is { } released ? (released.Flow.Key, released.Action) : null;

    private static string? Compare<T>(string what, T real, T reference) =>
        EqualityComparer<T>.Default.Equals(real, reference) ? null : $"{what}: {real}, expected {reference}";

    private static TcpSegment Parse(byte[] packet)
    {
        _ = IPPacket.TryParse(packet, out var ip);
        _ = TcpSegment.TryParse(ip, out var segment);
        return segment;
    }

    private static Attribution Of(int process, bool redirect) => new(new ProcessIdentity { Pid = process, Name = "p" }, redirect, redirect);
}
