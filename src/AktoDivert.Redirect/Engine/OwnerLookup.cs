using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Processes;

namespace AktoDivert.Redirect.Engine;

/// <summary>
/// Asks the system's connection table for SYNs that no event explains. On a thread of its own, since the table takes milliseconds in which
/// events go on being handled; many SYNs are one question.
/// </summary>
internal sealed class OwnerLookup(
    FlowTable table, ProcessJudge judge, IConnectionTable connections, Action<ReleasedSyn> release, TimeProvider time)
{
    private readonly List<FlowEntry> _unanswered = [];

    /// <summary>Asks for all that are to be asked for now.</summary>
    public void Step()
    {
        _unanswered.Clear();
        table.TakeUnanswered(time.GetTimestamp(), _unanswered);
        if (_unanswered.Count == 0)
        {
            return;
        }

        FlowKey[] flows = [.. _unanswered.Select(flow => flow.Key)];
        var owners = new int[flows.Length];
        connections.OwnersOfTcp(flows, owners);
        for (var i = 0; i < owners.Length; i++)
        {
            var flow = _unanswered[i];
            if (owners[i] != 0 && judge.Judge(owners[i], flow.SynTimestamp) is { } attribution
                && table.OnOwner(flow, attribution, time.GetTimestamp()) is { } syn)
            {
                release(syn);
            }
        }
    }
}
