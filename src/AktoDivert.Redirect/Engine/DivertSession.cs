using AktoDivert.Core.Flows;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Flows;

namespace AktoDivert.Redirect.Engine;

/// <summary>
/// The engine from opening its handles to their end. A session never repairs itself: whatever goes wrong ends it, everything then goes
/// direct, and <see cref="WinDivertRedirector"/> makes another one.
/// </summary>
internal sealed class DivertSession
{
    private const short GuardPriority = 1000;
    private const short SynPriority = 100;
    private const short DataPriority = 90;
    private const short AttributionPriority = 0;
    private const short WatchPriority = -10;
    private const short InjectPriority = -1000;
    private const int SynBatch = 64;
    private const int DataBatch = 128;
    private static readonly TimeSpan _threadLimit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _expiryPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _processPeriod = TimeSpan.FromMinutes(1);

    private readonly EngineEnvironment _with;
    private readonly RedirectTarget _target;
    private readonly Action _wakeSupervisor;
    private readonly EngineFilters _filters;
    private readonly PacketPath _synPath;
    private readonly PacketPath _dataPath;
    private readonly Attributor _attributor;
    private readonly OwnerLookup _lookup;
    private readonly QuicBlocker? _quic;
    private readonly ResetSender _resets;
    private readonly Lock _gate = new();
    private readonly List<ReleasedSyn> _overdue = [];
    private readonly List<IEngineThread> _threads = [];
    private readonly PacketBatch _released = new(1, PacketBatch.MaxPacketLength);
    private IDivertHandle? _attribution;
    private IDivertHandle? _syns;
    private IDivertHandle? _data;
    private IDivertHandle? _guard;
    private IDivertHandle? _inject;
    private IDivertHandle? _watch;
    private PacketLoop? _synLoop;
    private PacketLoop? _dataLoop;
    private IEngineThread? _attributionThread;
    private IEngineThread? _lookupThread;
    private IEngineThread? _processThread;
    private long _lastRedirected;
    private long _lastExpiry;
    private SessionEnd? _end;
    private volatile bool _stopping;
    private volatile bool _closed;

    /// <summary>Makes a session that holds nothing yet.</summary>
    public DivertSession(EngineEnvironment with, RedirectTarget target, ProcessJudge judge, Action wakeSupervisor)
    {
        _wakeSupervisor = wakeSupervisor;
        _with = with;
        _target = target;
        Judge = judge;
        _filters = new EngineFilters(
            (uint)Environment.ProcessId, target.Ports,
            [.. new[] { target.PortV4, target.PortV6 }.Where(port => port != 0).Distinct()], with.Options.Flows.OwnPorts);
        Table = new FlowTable(with.Options.Flows, with.Time.TimestampFrequency) { HasV6Listener = target.PortV6 != 0 };
        _synPath = NewPath();
        _dataPath = NewPath();
        Wait = new QueueWait(with.Options, with.Time);
        _attributor = new Attributor(Table, judge, Release, OnQuic, with.Time);
        _lookup = new OwnerLookup(Table, judge, with.Connections, Release, with.Time);
        _quic = target.DenyQuic ? new QuicBlocker(with.Driver, _filters, with.Options, with.Threads, with.Time) : null;
        _resets = new ResetSender(() => _inject, Table, with.Time);
    }

    /// <summary>The flows.</summary>
    public FlowTable Table { get; }

    /// <summary>How long packets wait.</summary>
    public QueueWait Wait { get; }

    /// <summary>Why it cannot go on; null while it does.</summary>
    public SessionEnd? End => Volatile.Read(ref _end);

    /// <summary>Whether the data handle is open.</summary>
    public bool HasDataHandle
    {
        get
        {
            lock (_gate)
            {
                return _data is not null;
            }
        }
    }

    private ProcessJudge Judge { get; }

    private long Now => _with.Time.GetTimestamp();

    /// <summary>Opens the handles that are always open, the guard first. On an error all is closed again.</summary>
    public SessionEnd? Open()
    {
        SessionEnd? failed = null;
        _guard = OpenHandle(_filters.Guard, DivertLayer.Network, GuardPriority, DivertFlags.Drop, ref failed);
        CheckVersion(_guard, ref failed);
        _inject = OpenHandle(EngineFilters.Inject, DivertLayer.Network, InjectPriority, DivertFlags.SendOnly, ref failed);
        var listening = DivertFlags.Sniff | DivertFlags.ReceiveOnly;
        _attribution = OpenHandle(_filters.Attribution, DivertLayer.Socket, AttributionPriority, listening, ref failed);
        if (_quic is not null)
        {
            _watch = OpenHandle(_filters.QuicWatch, DivertLayer.Socket, WatchPriority, listening, ref failed);
        }

        _syns = OpenHandle(_filters.SynGate, DivertLayer.Network, SynPriority, DivertFlags.None, ref failed);
        if (failed is not null)
        {
            Close();
            return failed;
        }

        _lastRedirected = _lastExpiry = Now;
        _attributionThread = Run("divert-attribute", ThreadPriority.AboveNormal, Attribute);
        _lookupThread = Run("divert-lookup", ThreadPriority.AboveNormal, LookUp);
        Read(_attribution!, "divert-events", socketEvent => Enqueue(socketEvent));
        if (_watch is not null)
        {
            Read(_watch, "divert-quic-watch", socketEvent => Enqueue(socketEvent));
        }

        _synLoop = NewLoop(_syns!, new PacketBatch(SynBatch, PacketBatch.MaxPacketLength), _synPath, Ended);
        Run("divert-syn", ThreadPriority.Highest, _synLoop.Step);
        if (_quic is not null)
        {
            _processThread = Run("divert-processes", ThreadPriority.Normal, FollowProcesses);
        }

        return null;
    }

    /// <summary>Other processes are selected from now on.</summary>
    public void SelectionChanged() => _processThread?.Wake();

    /// <summary>Regular work, about every <see cref="EngineOptions.Period"/>.</summary>
    /// <param name="suspended">Whether the listener does not answer: new connections then go direct.</param>
    public void Tick(bool suspended)
    {
        var now = Now;
        Table.IsSuspended = suspended;
        _quic?.Pause(suspended);
        _overdue.Clear();
        Table.TakeOverdue(now, _overdue);
        _overdue.ForEach(Release);
        if (_with.Time.GetElapsedTime(_lastExpiry, now) >= _expiryPeriod)
        {
            _lastExpiry = now;
            Table.Expire(now);
            _quic?.Expire(now);
            LetDataHandleGo(now);
        }

        if (Wait.IsOverloaded(now))
        {
            Fail(SessionEnd.Overloaded);
        }
    }

    /// <summary>
    /// The watchdog's look: closes the handles that hold packets when a loop hangs. Takes no lock and waits for nothing, since whatever
    /// hangs may hold one.
    /// </summary>
    public void Watch()
    {
        if ((_synLoop?.BusyFor ?? default) > _with.Options.StallLimit || (_dataLoop?.BusyFor ?? default) > _with.Options.StallLimit)
        {
            foreach (var handle in new[] { _syns, _data })
            {
                _ = handle?.Shutdown(DivertShutdown.Both);
                handle?.Dispose();
            }

            Fail(SessionEnd.Stalled);
        }
    }

    /// <summary>Lets new connections go direct, and what the SYN handle holds through.</summary>
    public void StopNewFlows()
    {
        _stopping = true;
        Table.IsSuspended = true;
        _ = _syns?.Shutdown(DivertShutdown.Receive);
    }

    /// <summary>Ends it: flows that are still redirected are reset exactly, so that their apps connect again at once, and directly.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
        }

        StopNewFlows();
        var flows = new List<FlowEntry>();
        var held = new List<ReleasedSyn>();
        Table.Flush(flows, held, Now);
        held.ForEach(Release);
        _syns?.Dispose();
        flows.ForEach(_resets.Reset);
        _quic?.Dispose();
        foreach (var handle in new[] { _data, _attribution, _watch, _guard, _inject })
        {
            _ = handle?.Shutdown(DivertShutdown.Both);
            handle?.Dispose();
        }

        IEngineThread[] threads;
        lock (_gate)
        {
            threads = [.. _threads];
        }

        foreach (var thread in threads)
        {
            _ = thread.Stop(_threadLimit);
        }
    }

    /// <summary>Its counters.</summary>
    public RedirectCounters ReadCounters()
    {
        var flows = Table.ReadCounters();
        return new RedirectCounters
        {
            Seen = flows.Seen + flows.Own,
            Redirected = flows.Redirected,
            QuicDenied = _quic?.Denied ?? 0,
            NotSelected = flows.NotSelected,
            Own = flows.Own,
            HeartbeatLate = flows.Suspended,
            NoListener = flows.NoListener,
            Lost = flows.Refused,
            Unattributed = flows.Unattributed,
            Malformed = _synPath.Malformed + _dataPath.Malformed,
            SendFailed = (_synLoop?.SendFailures ?? 0) + (_dataLoop?.SendFailures ?? 0),
            StrayDropped = flows.StrayDropped,
            EventsLost = _attributor.Lost + flows.EvidenceDropped,
            Resets = _resets.Sent,
        };
    }

    private PacketPath NewPath() => new(Table, (ushort)_target.PortV4, (ushort)_target.PortV6, _target.Ports);

    private PacketLoop NewLoop(IDivertHandle handle, PacketBatch batch, PacketPath path, Action<DivertError> ended) =>
        new(handle, batch, path, new PacketSender(_resets.OnSendFailed), Wait, BeforeReflected, OnHeld, ended, _with.Time);

    private IDivertHandle? OpenHandle(string filter, DivertLayer layer, short priority, DivertFlags flags, ref SessionEnd? failed)
    {
        if (failed is not null)
        {
            return null;
        }

        var error = _with.Driver.Open(filter, layer, priority, flags, out var handle);
        if (!error.Succeeded)
        {
            failed = SessionEnd.From(error);
            return null;
        }

        if (layer == DivertLayer.Network && flags == DivertFlags.None)
        {
            // The largest values; a shorter queue time drops packets under load.
            _ = handle!.SetParameter(DivertParameter.QueueLength, 16_384);
            _ = handle.SetParameter(DivertParameter.QueueSize, 33_554_432);
            _ = handle.SetParameter(DivertParameter.QueueTime, 2000);
        }

        return handle;
    }

    private static void CheckVersion(IDivertHandle? handle, ref SessionEnd? failed)
    {
        if (handle is null)
        {
            return;
        }

        _ = handle.GetParameter(DivertParameter.VersionMajor, out var major);
        _ = handle.GetParameter(DivertParameter.VersionMinor, out var minor);
        if ((major, minor) != (2, 2))
        {
            failed ??= SessionEnd.WrongVersion(major, minor);
        }
    }

    private void Read(IDivertHandle handle, string name, Action<SocketEvent> seen) =>
        Run(name, ThreadPriority.AboveNormal, new EventLoop(handle, seen, Ended).Step);

    private IEngineThread Run(string name, ThreadPriority priority, Func<TimeSpan?> step)
    {
        var thread = _with.Threads.Start(name, priority, step);
        lock (_gate)
        {
            _threads.Add(thread);
        }

        return thread;
    }

    private TimeSpan? Attribute()
    {
        _attributor.Step();
        return _closed ? null : _expiryPeriod;
    }

    private TimeSpan? LookUp()
    {
        _lookup.Step();
        return _closed ? null : Table.PendingCount > 0 ? _with.Options.Period : _expiryPeriod;
    }

    // Blocks the QUIC of the processes that are selected now. There may be hundreds to look at.
    private TimeSpan? FollowProcesses()
    {
        var selected = _with.Processes.RunningProcesses().Where(pid => Judge.Judge(pid, null) is { Redirect: true }).ToArray();
        if (_closed)
        {
            return null;
        }

        _quic!.Block(selected);
        _quic.Drop(selected.SelectMany(_with.Connections.UdpPortsOf));
        return _processPeriod;
    }

    private void OnHeld()
    {
        _lookupThread?.Wake();
        _wakeSupervisor();
    }

    private void Enqueue(in SocketEvent socketEvent)
    {
        _attributor.Enqueue(socketEvent);
        _attributionThread?.Wake();
    }

    private void OnQuic(SocketEvent socketEvent)
    {
        if (Judge.Judge(socketEvent.ProcessId, socketEvent.Timestamp) is { Redirect: true })
        {
            _quic?.Catch(socketEvent);
        }
    }

    // Called by any thread that has a decision.
    private void Release(ReleasedSyn syn)
    {
        if (syn.Action == FlowAction.Reflect && !BeforeReflected())
        {
            return;
        }

        lock (_released)
        {
            var address = syn.Flow.SynAddress;
            _released.Clear();
            _ = _released.TryAdd(syn.Packet, address);
            if (syn.Action == FlowAction.Reflect)
            {
                _synPath.Reflect(_released.Buffer[.._released.Length], ref _released.Addresses[0]);
            }

            var error = (_syns ?? _inject)?.Send(_released) ?? DivertError.OperationAborted;
            if (!error.Succeeded && _inject?.Send(_released) is not { Succeeded: true })
            {
                _resets.OnSendFailed(_released.Buffer[.._released.Length], _released.Addresses[0], error);
            }
        }
    }

    // The data handle has to stand before the listener can answer.
    private bool BeforeReflected()
    {
        lock (_gate)
        {
            if (_data is not null)
            {
                return true;
            }

            if (_closed)
            {
                return false;
            }

            SessionEnd? failed = null;
            var data = OpenHandle(_filters.Packets, DivertLayer.Network, DataPriority, DivertFlags.None, ref failed);
            if (failed is not null)
            {
                Fail(failed);
                return false;
            }

            _lastRedirected = Now;
            _data = data;
            _dataLoop = NewLoop(data!, new PacketBatch(DataBatch, _with.Options.DataBufferBytes), _dataPath, error => DataEnded(data!, error));
            _threads.Add(_with.Threads.Start("divert-data", ThreadPriority.Highest, _dataLoop.Step));
            return true;
        }
    }

    private void LetDataHandleGo(long now)
    {
        lock (_gate)
        {
            if (Table.RedirectedCount > 0)
            {
                _lastRedirected = now;
            }
            else if (_data is { } data && _with.Time.GetElapsedTime(_lastRedirected, now) >= _with.Options.DataHandleLinger)
            {
                // What is queued passes by itself once the handle is closed.
                _data = null;
                _ = data.Shutdown(DivertShutdown.Both);
                data.Dispose();
            }
        }
    }

    private void Ended(DivertError error)
    {
        // Nobody reads the handle any more, so the packets that it would hold must go direct.
        if (!_closed && !(_stopping && error == DivertError.NoData))
        {
            Fail(SessionEnd.From(error));
        }
    }

    // A data handle that was let go ends its loop, which is no fault.
    private void DataEnded(IDivertHandle handle, DivertError error)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(handle, _data))
            {
                return;
            }
        }

        Ended(error);
    }

    private void Fail(SessionEnd end) => Interlocked.CompareExchange(ref _end, end, null);
}
