using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Packets;

namespace AktoDivert.Redirect.Flows;

/// <summary>
/// Decides what happens to the packets of each flow. Safe for several threads; every call is short and none waits. Time comes from
/// outside: <c>now</c> and timestamps are ticks of one clock. See docs/packet-engine.md for the rules.
/// </summary>
internal sealed class FlowTable
{
    private readonly Lock _gate = new();
    private readonly FlowTableOptions _options;
    private readonly double _ticksPerSecond;
    private readonly Dictionary<FlowKey, FlowEntry> _flows = [];

    // The listener sees the far address and the app's port only: by the key without the far port.
    private readonly Dictionary<FlowKey, FlowEntry> _reflected = [];
    private readonly List<FlowEntry> _pending = [];
    private readonly LinkedList<FlowEntry> _bypassed = new();
    private readonly LinkedList<FlowEntry> _dead = new();
    private readonly EvidenceStore _evidence;
    private readonly List<FlowEntry> _expired = [];
    private FlowCounters _counters;
    private ulong _lastId;
    private int _redirected;
    private long _watermark = long.MinValue;

    /// <summary>Makes an empty table.</summary>
    /// <param name="options">Limits.</param>
    /// <param name="ticksPerSecond">Frequency of the clock.</param>
    public FlowTable(FlowTableOptions options, long ticksPerSecond)
    {
        _options = options;
        _ticksPerSecond = ticksPerSecond;
        _evidence = new EvidenceStore(options.MaxEvidence, Ticks(options.EvidenceLimit));
    }

    /// <summary>New connections pass while true; those that are redirected stay so.</summary>
    public bool IsSuspended { get; set; }

    /// <summary>Whether there is an IPv6 listener.</summary>
    public bool HasV6Listener { get; init; } = true;

    /// <summary>Flows in the table.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _flows.Count;
            }
        }
    }

    /// <summary>SYNs held.</summary>
    public int PendingCount
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count;
            }
        }
    }

    /// <summary>Flows that are redirected now, without those that have ended.</summary>
    public int RedirectedCount
    {
        get
        {
            lock (_gate)
            {
                return _redirected;
            }
        }
    }

    /// <summary>The counters.</summary>
    public FlowCounters ReadCounters()
    {
        lock (_gate)
        {
            return _counters;
        }
    }

    /// <summary>A SYN left this machine.</summary>
    public FlowAction OnSyn(in FlowKey key, in TcpSegment segment, ReadOnlySpan<byte> packet, in DivertAddress address, long now)
    {
        lock (_gate)
        {
            if (key.LocalPort >= _options.OwnPorts.First && key.LocalPort <= _options.OwnPorts.Last)
            {
                _counters.Own++;
                return FlowAction.Pass;
            }

            if (_flows.TryGetValue(key, out var known))
            {
                if (known.InitialSequence == segment.Sequence)
                {
                    if (known.State is FlowState.Closing or FlowState.Dead)
                    {
                        Revive(known, now);
                    }

                    Touch(known, now);
                    return ActionFor(known.State, FlowAction.Hold);
                }

                _counters.Reused++;
                Remove(known);
            }

            return OpenFlow(key, segment, packet, address, now);
        }
    }

    /// <summary>An app's segment other than the first.</summary>
    /// <param name="key">The flow.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="now">The time.</param>
    /// <param name="flow">The flow when it is reflected.</param>
    public FlowAction OnAppSegment(in FlowKey key, in TcpSegment segment, long now, out FlowEntry? flow)
    {
        lock (_gate)
        {
            if (!_flows.TryGetValue(key, out flow))
            {
                _counters.UnknownPassed++;
                return FlowAction.Pass;
            }

            if (!flow.IsReflected)
            {
                Touch(flow, now);
                flow = null;
                return FlowAction.Pass;
            }

            Track(flow, segment, fromApp: true, now);
            return FlowAction.Reflect;
        }
    }

    /// <summary>A segment of the listener.</summary>
    /// <param name="key">From the app's side, with 0 for the far port, which the segment does not tell.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="now">The time.</param>
    /// <param name="flow">The flow when it is reflected.</param>
    public FlowAction OnProxySegment(in FlowKey key, in TcpSegment segment, long now, out FlowEntry? flow)
    {
        lock (_gate)
        {
            if (!_reflected.TryGetValue(key, out flow))
            {
                _counters.StrayDropped++;
                return FlowAction.Drop;
            }

            Track(flow, segment, fromApp: false, now);
            return FlowAction.Reflect;
        }
    }

    /// <summary>A process called connect. Returns the held SYN when this decides one.</summary>
    public ReleasedSyn? OnConnect(in FlowKey key, Attribution attribution, long timestamp, long now)
    {
        lock (_gate)
        {
            if (_flows.TryGetValue(key, out var flow) && timestamp <= flow.SynTimestamp + Ticks(_options.EvidenceSkew))
            {
                // A decided flow keeps its decision: the event came twice, late, or is the kernel's claim.
                return flow.State == FlowState.Pending ? Release(flow, attribution, now) : null;
            }

            if (!_evidence.TryStore(key, attribution, timestamp, now))
            {
                _counters.EvidenceDropped++;
            }

            return null;
        }
    }

    /// <summary>The connection table named the owner of a held SYN. Returns the SYN when it is still held.</summary>
    public ReleasedSyn? OnOwner(FlowEntry flow, Attribution attribution, long now)
    {
        lock (_gate)
        {
            if (flow.State != FlowState.Pending || !IsCurrent(flow))
            {
                return null;
            }

            _counters.FromTable++;
            return Release(flow, attribution, now);
        }
    }

    /// <summary>A socket was closed: only a hint, since packets follow.</summary>
    public void OnSocketClosed(in FlowKey key, long now)
    {
        lock (_gate)
        {
            if (_flows.TryGetValue(key, out var flow) && flow.State == FlowState.Redirect)
            {
                flow.SocketClosed = now;
            }
        }
    }

    /// <summary>Every connect event up to this time was handed in.</summary>
    public void OnWatermark(long timestamp)
    {
        lock (_gate)
        {
            _watermark = Math.Max(_watermark, timestamp);
        }
    }

    /// <summary>Takes the held SYNs for which the connection table is to be asked: no event is to be expected, or it is late.</summary>
    public void TakeUnanswered(long now, List<FlowEntry> unanswered)
    {
        lock (_gate)
        {
            foreach (var flow in _pending)
            {
                if (!flow.TableAsked && (_watermark > flow.SynTimestamp || now - flow.Since >= Ticks(_options.AskTableAfter)))
                {
                    flow.TableAsked = true;
                    unanswered.Add(flow);
                }
            }
        }
    }

    /// <summary>Takes the SYNs that were held for too long: they go on untouched.</summary>
    public void TakeOverdue(long now, List<ReleasedSyn> overdue)
    {
        lock (_gate)
        {
            for (var i = _pending.Count - 1; i >= 0; i--)
            {
                if (now - _pending[i].Since >= Ticks(_options.PendingLimit))
                {
                    _counters.Unattributed++;
                    overdue.Add(Release(_pending[i], _options.Unknown, now));
                }
            }
        }
    }

    /// <summary>Lets what is over go: to be called about once a second.</summary>
    public void Expire(long now)
    {
        lock (_gate)
        {
            _evidence.Expire(now);
            _expired.Clear();
            foreach (var flow in _flows.Values)
            {
                if (NextState(flow, now) != flow.State || IsOver(flow, now))
                {
                    _expired.Add(flow);
                }
            }

            foreach (var flow in _expired)
            {
                if (IsOver(flow, now))
                {
                    Remove(flow);
                }
                else
                {
                    Enter(flow, NextState(flow, now), now);
                }
            }
        }
    }

    /// <summary>The running flow behind a connection of the listener; null when there is none.</summary>
    /// <param name="key">From the app's side, with 0 for the far port.</param>
    public FlowEntry? FindReflected(in FlowKey key)
    {
        lock (_gate)
        {
            return _reflected.TryGetValue(key with { RemotePort = 0 }, out var flow) && flow.State != FlowState.Dead ? flow : null;
        }
    }

    /// <summary>Ends a flow: what is sent for it from now on trails behind.</summary>
    public void Close(FlowEntry flow, long now)
    {
        lock (_gate)
        {
            if (flow.State == FlowState.Redirect && IsCurrent(flow))
            {
                Enter(flow, FlowState.Closing, now);
            }
        }
    }

    /// <summary>Empties the table, after suspend or before the end; hands over the flows that are redirected and the SYNs that are held.</summary>
    public void Flush(List<FlowEntry> redirected, List<ReleasedSyn> held, long now)
    {
        lock (_gate)
        {
            while (_pending.Count > 0)
            {
                _counters.Unattributed++;
                held.Add(Release(_pending[^1], null, now));
            }

            redirected.AddRange(_flows.Values.Where(flow => flow.State == FlowState.Redirect));
            _flows.Clear();
            _reflected.Clear();
            _bypassed.Clear();
            _dead.Clear();
            _evidence.Clear();
            _redirected = 0;
            _watermark = long.MinValue;
        }
    }

    private FlowAction OpenFlow(in FlowKey key, in TcpSegment segment, ReadOnlySpan<byte> packet, in DivertAddress address, long now)
    {
        _counters.Seen++;
        if (_flows.Count >= _options.Capacity && !Evict())
        {
            _counters.Refused++;
            return FlowAction.Pass;
        }

        var flow = new FlowEntry(key, ++_lastId)
        {
            InitialSequence = segment.Sequence,
            SynTimestamp = address.Timestamp,
            InterfaceIndex = address.InterfaceIndex,
            SubInterfaceIndex = address.SubInterfaceIndex,
            SynAddress = address,
            NextFromApp = segment.NextSequence,
            LastSeen = now,
            Since = now,
            State = FlowState.Pending,
        };
        _flows.Add(key, flow);
        var evidence = _evidence.Take(key, address.Timestamp + Ticks(_options.EvidenceSkew), now);
        if (IsSuspended)
        {
            _counters.Suspended++;
            Enter(flow, FlowState.Bypass, now);
        }
        else if (key.IsV6 && !HasV6Listener)
        {
            _counters.NoListener++;
            Enter(flow, FlowState.Bypass, now);
        }
        else if (evidence is not null)
        {
            Decide(flow, evidence, now);
        }
        else if (_pending.Count >= _options.MaxPending)
        {
            _counters.Refused++;
            if (_options.Unknown is { } unknown)
            {
                Decide(flow, unknown, now);
            }
            else
            {
                Enter(flow, FlowState.Bypass, now);
            }
        }
        else
        {
            flow.Syn = packet.ToArray();
            _pending.Add(flow);
            return FlowAction.Hold;
        }

        return ActionFor(flow.State, FlowAction.Hold);
    }

    private void Decide(FlowEntry flow, Attribution attribution, long now)
    {
        flow.Attribution = attribution;
        var reverse = flow.Key with { RemotePort = 0 };
        if (!attribution.Redirect)
        {
            _counters.NotSelected++;
            Enter(flow, FlowState.Bypass, now);
            return;
        }

        if (_reflected.TryGetValue(reverse, out var other))
        {
            if (other.State != FlowState.Dead)
            {
                _counters.Refused++;
                Enter(flow, FlowState.Bypass, now);
                return;
            }

            Remove(other);
        }

        _counters.Redirected++;
        _reflected.Add(reverse, flow);
        Enter(flow, FlowState.Redirect, now);
    }

    private ReleasedSyn Release(FlowEntry flow, Attribution? attribution, long now)
    {
        _pending.Remove(flow);
        if (attribution is null)
        {
            Enter(flow, FlowState.Bypass, now);
        }
        else
        {
            Decide(flow, attribution, now);
        }

        var syn = flow.Syn!;
        flow.Syn = null;
        return new ReleasedSyn(flow, syn, ActionFor(flow.State, FlowAction.Pass));
    }

    private void Track(FlowEntry flow, in TcpSegment segment, bool fromApp, long now)
    {
        var next = segment.NextSequence;
        if (fromApp)
        {
            flow.NextFromApp = Later(flow.NextFromApp, next);
            flow.AcknowledgedByApp = segment.Acknowledgement;
            flow.FinFromApp |= (segment.Flags & TcpFlags.Fin) != 0;
        }
        else
        {
            flow.NextFromProxy = flow.Answered ? Later(flow.NextFromProxy, next) : next;
            flow.Answered = true;
            flow.FinFromProxy |= (segment.Flags & TcpFlags.Fin) != 0;
        }

        if (flow.State == FlowState.Dead)
        {
            return;
        }

        flow.LastSeen = now;
        var ended = (segment.Flags & TcpFlags.Rst) != 0 || (flow.FinFromApp && flow.FinFromProxy);
        if (ended && flow.State == FlowState.Redirect)
        {
            Enter(flow, FlowState.Closing, now);
        }
    }

    // An app that still sends its SYN has not ended: it reset an older connection that the listener took the SYN for.
    private void Revive(FlowEntry flow, long now)
    {
        if (flow.Eviction is { } place)
        {
            _dead.Remove(place);
            flow.Eviction = null;
        }

        (flow.FinFromApp, flow.FinFromProxy, flow.SocketClosed) = (false, false, 0);
        Enter(flow, FlowState.Redirect, now);
    }

    private void Touch(FlowEntry flow, long now)
    {
        if (flow.State == FlowState.Dead)
        {
            return;
        }

        flow.LastSeen = now;
        if (flow is { State: FlowState.Bypass, Eviction: { } place })
        {
            _bypassed.Remove(place);
            _bypassed.AddLast(place);
        }
    }

    private void Enter(FlowEntry flow, FlowState state, long now)
    {
        _redirected += (state == FlowState.Redirect ? 1 : 0) - (flow.State == FlowState.Redirect ? 1 : 0);
        flow.State = state;
        flow.Since = now;
        if (state is FlowState.Bypass or FlowState.Dead)
        {
            flow.Eviction = (state == FlowState.Bypass ? _bypassed : _dead).AddLast(flow);
        }
    }

    private void Remove(FlowEntry flow)
    {
        _flows.Remove(flow.Key);
        _redirected -= flow.State == FlowState.Redirect ? 1 : 0;
        var reverse = flow.Key with { RemotePort = 0 };
        if (_reflected.TryGetValue(reverse, out var reflected) && ReferenceEquals(reflected, flow))
        {
            _reflected.Remove(reverse);
        }

        if (flow.State == FlowState.Pending)
        {
            _pending.Remove(flow);
        }

        if (flow.Eviction is { } place)
        {
            place.List!.Remove(place);
            flow.Eviction = null;
        }
    }

    // The decision to bypass is the cheapest to forget; then tombstones. Flows that are redirected now are never given up.
    private bool Evict()
    {
        var oldest = _bypassed.First ?? _dead.First;
        if (oldest is not null)
        {
            Remove(oldest.Value);
        }

        return oldest is not null;
    }

    private bool IsCurrent(FlowEntry flow) => _flows.TryGetValue(flow.Key, out var current) && ReferenceEquals(current, flow);

    private FlowState NextState(FlowEntry flow, long now) => flow.State switch
    {
        FlowState.Redirect when now - flow.LastSeen >= Ticks(_options.RedirectIdleLimit) => FlowState.Closing,
        FlowState.Redirect when flow.SocketClosed != 0
            && now - Math.Max(flow.SocketClosed, flow.LastSeen) >= Ticks(_options.ClosedSocketLimit) => FlowState.Closing,
        FlowState.Closing when now - flow.Since >= Ticks(_options.ClosingLimit) => FlowState.Dead,
        _ => flow.State,
    };

    private bool IsOver(FlowEntry flow, long now) => flow.State switch
    {
        FlowState.Bypass => now - flow.LastSeen >= Ticks(_options.BypassIdleLimit),
        FlowState.Dead => now - flow.Since >= Ticks(_options.DeadLimit),
        _ => false,
    };

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _ticksPerSecond);

    // Sequence numbers wrap: the later of two is the one ahead by less than half the space (RFC 9293 section 3.4).
    private static uint Later(uint a, uint b) => (int)(b - a) > 0 ? b : a;

    private static FlowAction ActionFor(FlowState state, FlowAction pending) => state switch
    {
        FlowState.Pending => pending,
        FlowState.Bypass => FlowAction.Pass,
        _ => FlowAction.Reflect,
    };
}
