using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Packets;

namespace AktoDivert.Tests.Redirect.Flows;

/// <summary>
/// The rules of the flow table in the plainest way: one list that is searched from end to end, no index, no shortcut. What the real table
/// answers must be what this one answers.
/// </summary>
internal sealed class ReferenceFlowTable(FlowTableOptions options, bool hasV6Listener, Func<TimeSpan, long> ticks)
{
    private readonly List<(FlowKey Key, Attribution Attribution, long Time, long Stored)> _evidence = [];
    private readonly List<ReferenceFlow> _pending = [];
    private long _order;
    private long _watermark = long.MinValue;
    private FlowCounters _counters;

    internal List<ReferenceFlow> Flows { get; } = [];

    internal FlowCounters Counters => _counters;

    internal bool IsSuspended { get; set; }

    internal int PendingCount => Flows.Count(flow => flow.State == FlowState.Pending);

    internal int RedirectedCount => Flows.Count(flow => flow.State == FlowState.Redirect);

    internal FlowAction Syn(FlowKey key, uint sequence, long now)
    {
        if (key.LocalPort >= options.OwnPorts.First && key.LocalPort <= options.OwnPorts.Last)
        {
            _counters.Own++;
            return FlowAction.Pass;
        }

        if (Find(key) is { } known)
        {
            if (known.InitialSequence == sequence)
            {
                if (known.State is FlowState.Closing or FlowState.Dead)
                {
                    (known.FinFromApp, known.FinFromProxy, known.SocketClosed) = (false, false, 0);
                    Enter(known, FlowState.Redirect, now);
                }

                Touch(known, now);
                return known.Action;
            }

            _counters.Reused++;
            Remove(known);
        }

        _counters.Seen++;
        if (Flows.Count >= options.Capacity)
        {
            var victim = Flows.Where(f => f.State == FlowState.Bypass).MinBy(f => f.Order)
                ?? Flows.Where(f => f.State == FlowState.Dead).MinBy(f => f.Order);
            if (victim is null)
            {
                _counters.Refused++;
                return FlowAction.Pass;
            }

            Remove(victim);
        }

        var flow = new ReferenceFlow { Key = key, InitialSequence = sequence, SynTime = now, Since = now, LastSeen = now };
        Flows.Add(flow);
        Open(flow, now);
        return flow.Action;
    }

    internal FlowAction AppSegment(FlowKey key, TcpFlags flags, long now)
    {
        if (Find(key) is not { } flow)
        {
            _counters.UnknownPassed++;
            return FlowAction.Pass;
        }

        if (!flow.IsReflected)
        {
            Touch(flow, now);
            return FlowAction.Pass;
        }

        Track(flow, flags, fromApp: true, now);
        return FlowAction.Reflect;
    }

    internal FlowAction ProxySegment(FlowKey key, TcpFlags flags, long now)
    {
        if (Reflected(key) is not { } flow)
        {
            _counters.StrayDropped++;
            return FlowAction.Drop;
        }

        Track(flow, flags, fromApp: false, now);
        return FlowAction.Reflect;
    }

    internal (FlowKey Key, FlowAction Action)? Connect(FlowKey key, Attribution attribution, long time, long now)
    {
        if (Find(key) is { } flow && time <= flow.SynTime + ticks(options.EvidenceSkew))
        {
            return flow.State == FlowState.Pending ? Release(flow, attribution, now) : null;
        }

        var index = _evidence.FindIndex(evidence => evidence.Key == key);
        if (index < 0 && _evidence.Count >= options.MaxEvidence)
        {
            _counters.EvidenceDropped++;
            return null;
        }

        if (index >= 0)
        {
            var known = _evidence[index];
            if (now - known.Stored < ticks(options.EvidenceLimit) && attribution.IsKernel && !known.Attribution.IsKernel)
            {
                return null;
            }

            _evidence.RemoveAt(index);
        }

        _evidence.Add((key, attribution, time, now));
        return null;
    }

    internal List<FlowKey> Unanswered(long now)
    {
        var asked = _pending.Where(f => !f.Asked && (_watermark > f.SynTime || now - f.Since >= ticks(options.AskTableAfter))).ToList();
        asked.ForEach(flow => flow.Asked = true);
        return [.. asked.Select(flow => flow.Key)];
    }

    internal (FlowKey Key, FlowAction Action)? Owner(FlowKey key, Attribution attribution, long now)
    {
        if (Find(key) is not { State: FlowState.Pending } flow)
        {
            return null;
        }

        _counters.FromTable++;
        return Release(flow, attribution, now);
    }

    internal List<(FlowKey Key, FlowAction Action)> Overdue(long now)
    {
        var overdue = _pending.Where(flow => now - flow.Since >= ticks(options.PendingLimit)).Reverse().ToList();
        return [.. overdue.Select(flow =>
        {
            _counters.Unattributed++;
            return Release(flow, options.Unknown, now);
        })];
    }

    internal void Watermark(long time) => _watermark = Math.Max(_watermark, time);

    internal void SocketClosed(FlowKey key, long now)
    {
        if (Find(key) is { State: FlowState.Redirect } flow)
        {
            flow.SocketClosed = now;
        }
    }

    internal void Close(FlowKey key, long now)
    {
        if (Reflected(key) is { State: FlowState.Redirect } flow)
        {
            Enter(flow, FlowState.Closing, now);
        }
    }

    internal FlowKey? FindReflected(FlowKey key) => Reflected(key) is { State: not FlowState.Dead } flow ? flow.Key : null;

    internal void Expire(long now)
    {
        _evidence.RemoveAll(evidence => now - evidence.Stored >= ticks(options.EvidenceLimit));
        foreach (var flow in Flows.ToArray())
        {
            var silent = now - flow.LastSeen;
            var inState = now - flow.Since;
            switch (flow.State)
            {
                case FlowState.Bypass when silent >= ticks(options.BypassIdleLimit):
                case FlowState.Dead when inState >= ticks(options.DeadLimit):
                    Remove(flow);
                    break;
                case FlowState.Redirect when silent >= ticks(options.RedirectIdleLimit):
                case FlowState.Redirect when flow.SocketClosed != 0
                    && Math.Min(silent, now - flow.SocketClosed) >= ticks(options.ClosedSocketLimit):
                    Enter(flow, FlowState.Closing, now);
                    break;
                case FlowState.Closing when inState >= ticks(options.ClosingLimit):
                    Enter(flow, FlowState.Dead, now);
                    break;
            }
        }
    }

    internal (int Redirected, int Held) Flush()
    {
        var counts = (RedirectedCount, PendingCount);
        _counters.Unattributed += PendingCount;
        Flows.Clear();
        _pending.Clear();
        _evidence.Clear();
        _watermark = long.MinValue;
        return counts;
    }

    internal ReferenceFlow? Find(FlowKey key) => Flows.Find(flow => flow.Key == key);

    private ReferenceFlow? Reflected(FlowKey key) =>
        Flows.Find(flow => flow.IsReflected && flow.Key with { RemotePort = 0 } == key with { RemotePort = 0 });

    private void Open(ReferenceFlow flow, long now)
    {
        var index = _evidence.FindIndex(e => e.Key == flow.Key && e.Time <= flow.SynTime + ticks(options.EvidenceSkew));
        Attribution? evidence = null;
        if (index >= 0)
        {
            evidence = now - _evidence[index].Stored < ticks(options.EvidenceLimit) ? _evidence[index].Attribution : null;
            _evidence.RemoveAt(index);
        }

        if (IsSuspended)
        {
            _counters.Suspended++;
            Enter(flow, FlowState.Bypass, now);
        }
        else if (flow.Key.IsV6 && !hasV6Listener)
        {
            _counters.NoListener++;
            Enter(flow, FlowState.Bypass, now);
        }
        else if (evidence is not null)
        {
            Decide(flow, evidence, now);
        }
        else if (_pending.Count >= options.MaxPending)
        {
            _counters.Refused++;
            Decide(flow, options.Unknown, now);
        }
        else
        {
            _pending.Add(flow);
        }
    }

    private (FlowKey Key, FlowAction Action) Release(ReferenceFlow flow, Attribution? attribution, long now)
    {
        _pending.Remove(flow);
        Decide(flow, attribution, now);
        return (flow.Key, flow.Action);
    }

    private void Decide(ReferenceFlow flow, Attribution? attribution, long now)
    {
        if (attribution is not { Redirect: true })
        {
            _counters.NotSelected += attribution is null ? 0 : 1;
            Enter(flow, FlowState.Bypass, now);
            return;
        }

        var other = Reflected(flow.Key);
        if (other is { State: not FlowState.Dead })
        {
            _counters.Refused++;
            Enter(flow, FlowState.Bypass, now);
            return;
        }

        if (other is not null)
        {
            Remove(other);
        }

        _counters.Redirected++;
        Enter(flow, FlowState.Redirect, now);
    }

    private void Track(ReferenceFlow flow, TcpFlags flags, bool fromApp, long now)
    {
        flow.FinFromApp |= fromApp && flags.HasFlag(TcpFlags.Fin);
        flow.FinFromProxy |= !fromApp && flags.HasFlag(TcpFlags.Fin);
        if (flow.State == FlowState.Dead)
        {
            return;
        }

        flow.LastSeen = now;
        if (flow.State == FlowState.Redirect && (flags.HasFlag(TcpFlags.Rst) || (flow.FinFromApp && flow.FinFromProxy)))
        {
            Enter(flow, FlowState.Closing, now);
        }
    }

    private void Touch(ReferenceFlow flow, long now)
    {
        if (flow.State != FlowState.Dead)
        {
            flow.LastSeen = now;
            flow.Order = flow.State == FlowState.Bypass ? ++_order : flow.Order;
        }
    }

    private void Enter(ReferenceFlow flow, FlowState state, long now)
    {
        (flow.State, flow.Since, flow.Order) = (state, now, ++_order);
    }

    private void Remove(ReferenceFlow flow)
    {
        Flows.Remove(flow);
        _pending.Remove(flow);
    }
}
