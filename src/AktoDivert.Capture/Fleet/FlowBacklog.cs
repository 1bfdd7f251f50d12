using AktoDivert.Core.Flows;
using AktoDivert.Core.Wire;

namespace AktoDivert.Capture.Fleet;

/// <summary>
/// Flows that the console does not know as they are now; each waits once, however often it changed. Used by one thread at a time.
/// </summary>
/// <param name="most">Most flows that wait; the oldest make room.</param>
internal sealed class FlowBacklog(int most)
{
    private const long NeverReported = -1;

    private readonly Queue<Flow> _order = [];
    private readonly HashSet<Flow> _waiting = [];

    // Bytes last reported of each flow whose end was not.
    private readonly Dictionary<Flow, long> _open = [];

    /// <summary>Flows that wait.</summary>
    public int Count => _order.Count;

    /// <summary>Adds a flow that changed.</summary>
    /// <returns>How many flows are lost to make room for it: 0 or 1.</returns>
    public int Add(Flow flow)
    {
        _open.TryAdd(flow, NeverReported);
        if (!_waiting.Add(flow))
        {
            return 0;
        }

        _order.Enqueue(flow);
        if (_order.Count <= most)
        {
            return 0;
        }

        // One that goes on comes back with the next refresh.
        var oldest = _order.Dequeue();
        _waiting.Remove(oldest);
        return oldest.Ended is not null && _open.Remove(oldest) ? 1 : 0;
    }

    /// <summary>Adds the flows that ended or moved bytes since they were last reported, as far as there is room.</summary>
    public void Refresh()
    {
        foreach (var (flow, reported) in _open)
        {
            if (_order.Count < most && (flow.Ended is not null || Bytes(flow) != reported) && _waiting.Add(flow))
            {
                _order.Enqueue(flow);
            }
        }
    }

    /// <summary>The flows that wait longest, as they are now; they stay until <see cref="Done"/>.</summary>
    public List<FlowRecord> Peek(int count) => [.. _order.Take(count).Select(FlowRecord.Of)];

    /// <summary>The flows that <see cref="Peek"/> gave were taken, or never will be.</summary>
    public void Done(IReadOnlyList<FlowRecord> records)
    {
        foreach (var record in records)
        {
            var flow = _order.Dequeue();
            _waiting.Remove(flow);
            if (record.Ended is null)
            {
                _open[flow] = record.BytesUp + record.BytesDown;
            }
            else
            {
                _open.Remove(flow);
            }
        }
    }

    private static long Bytes(Flow flow) => flow.BytesUp + flow.BytesDown;
}
