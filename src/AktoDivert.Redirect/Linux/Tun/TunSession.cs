using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Engine;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Linux.Interop;

namespace AktoDivert.Redirect.Linux.Tun;

/// <summary>The device, what routes packets into it, and the loops, from start to stop.</summary>
internal sealed class TunSession : IDisposable
{
    private const int BatchPackets = 64;
    private static readonly TimeSpan _threadLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _idlePeriod = TimeSpan.FromMilliseconds(250);

    // Who cannot be named in time is brought to the listener all the same, to be tunnelled.
    private static readonly Attribution _unknown = new(new ProcessIdentity { Pid = 0, Name = "" }, Redirect: true, Selected: false);

    /// <summary>
    /// What differs from a driver that tells of connects: the proxy's own ports lie above those that Linux gives out by itself (32,768 to
    /// 60,999), and to find a process takes a walk through /proc, which a busy machine draws out.
    /// </summary>
    public static readonly EngineOptions Options = new()
    {
        Flows = new FlowTableOptions { OwnPorts = (61_000, 65_095), PendingLimit = TimeSpan.FromMilliseconds(500) },
    };

    private readonly TunHandle _handle;
    private readonly TunRouting _routing;
    private readonly PacketPath _path;
    private readonly PacketLoop _loop;
    private readonly OwnerLookup _lookup;
    private readonly ResetSender _resets;
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<bool> _beatLate;
    private readonly IEngineThread[] _threads;
    private readonly List<ReleasedSyn> _overdue = [];
    private readonly PacketBatch _released = new(1, PacketBatch.MaxPacketLength);
    private long _lastExpiry;
    private volatile bool _stopping;

    /// <summary>Makes the device and starts. Throws <see cref="RedirectUnavailableException"/>.</summary>
    public TunSession(
        RedirectTarget target, TunSelection scope, EngineOptions options, ProcessJudge judge, TimeProvider time, Func<bool> beatLate)
    {
        (_options, _time, _beatLate) = (options, time, beatLate);
        Table = new FlowTable(options.Flows with { Unknown = _unknown }, time.TimestampFrequency) { HasV6Listener = target.PortV6 != 0 };

        // There are no events to wait for: the kernel's table is the only source.
        Table.OnWatermark(long.MaxValue);
        _path = new PacketPath(Table, (ushort)target.PortV4, (ushort)target.PortV6, target.Ports);
        _handle = new TunHandle(TunDevice.Create(TunRouting.Device), time);
        try
        {
            _routing = new TunRouting(target, scope, options.Flows.OwnPorts);
        }
        catch (RedirectUnavailableException)
        {
            _handle.Dispose();
            throw;
        }

        _resets = new ResetSender(() => _handle, Table, time);
        _lookup = new OwnerLookup(Table, judge, new LinuxConnectionTable(), Release, time);
        var wait = new QueueWait(options, time);
        _loop = new PacketLoop(
            _handle, new PacketBatch(BatchPackets, options.DataBufferBytes), _path, new PacketSender(_resets.OnSendFailed), wait,
            static () => true, OnHeld, static _ => { }, time);
        var threads = new EngineThreads();
        _routing.Pick(true);
        _lastExpiry = time.GetTimestamp();
        _threads =
        [
            threads.Start("tun-lookup", ThreadPriority.AboveNormal, LookUp),
            threads.Start("tun-supervise", ThreadPriority.AboveNormal, Supervise),
            threads.Start("tun-packets", ThreadPriority.Highest, _loop.Step),
        ];
    }

    /// <summary>The flows.</summary>
    public FlowTable Table { get; }

    /// <summary>Its counters.</summary>
    public RedirectCounters ReadCounters()
    {
        var flows = Table.ReadCounters();
        return new RedirectCounters
        {
            Seen = flows.Seen,
            Redirected = flows.Redirected,
            NotSelected = flows.NotSelected,
            Own = flows.Own,
            HeartbeatLate = flows.Suspended,
            NoListener = flows.NoListener,
            Lost = flows.Refused,
            Unattributed = flows.Unattributed,
            Malformed = _path.Malformed,
            SendFailed = _handle.Unsendable,
            StrayDropped = flows.StrayDropped,
            Resets = _resets.Sent,
        };
    }

    /// <summary>New connections go direct from here on; those that are redirected are reset, so that their apps connect again.</summary>
    public void Dispose()
    {
        _stopping = true;
        var flows = new List<FlowEntry>();
        Table.Flush(flows, [], _time.GetTimestamp());
        flows.ForEach(_resets.Reset);
        _routing.Dispose();
        _ = _handle.Shutdown(DivertShutdown.Both);
        foreach (var thread in _threads)
        {
            _ = thread.Stop(_threadLimit);
        }

        _handle.Dispose();
    }

    private void OnHeld()
    {
        // Built after the loop, and never missing when a packet comes: the device has no routes before.
        _threads[0].Wake();
        _threads[1].Wake();
    }

    private TimeSpan? LookUp()
    {
        _lookup.Step();
        return _stopping ? null : Table.PendingCount > 0 ? _options.Period : _idlePeriod;
    }

    private TimeSpan? Supervise()
    {
        if (_stopping)
        {
            return null;
        }

        var now = _time.GetTimestamp();
        _overdue.Clear();
        Table.TakeOverdue(now, _overdue);
        _overdue.ForEach(Release);
        _routing.Pick(!_beatLate());
        if (_time.GetElapsedTime(_lastExpiry, now) >= TimeSpan.FromSeconds(1))
        {
            _lastExpiry = now;
            Table.Expire(now);
        }

        return Table.PendingCount > 0 ? _options.Period : _idlePeriod;
    }

    private void Release(ReleasedSyn syn)
    {
        lock (_released)
        {
            _released.Clear();
            _ = _released.TryAdd(syn.Packet, syn.Flow.SynAddress);
            if (syn.Action == FlowAction.Reflect)
            {
                _path.Reflect(_released.Buffer[.._released.Length], ref _released.Addresses[0]);
            }

            _ = _handle.Send(_released);
        }
    }
}
