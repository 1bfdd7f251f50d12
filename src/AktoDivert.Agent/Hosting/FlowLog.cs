using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.Hosting;

/// <summary>
/// Counts every flow by what was decided and how it ended, keeps the last ones for a look back, and passes them on to whoever listens.
/// Runs on the traffic's threads: it takes no lock, and allocates only while somebody listens.
/// </summary>
internal sealed class FlowLog(AgentCounters counters) : IFlowObserver
{
    /// <summary>Flows kept.</summary>
    public const int Kept = 1000;

    private const int WaitingPerListener = 1024;
    private static readonly string[] PassthroughNames = Names<RuleSource>("flow.passthrough.");
    private static readonly string[] InterceptNames = Names<RuleSource>("flow.intercept.");
    private static readonly string[] EndNames = Names<ConnectionEndReason>("flow.ended.");

    private readonly Flow?[] _ring = new Flow?[Kept];
    private ImmutableArray<Channel<FlowRecord>> _listeners = [];
    private long _next = -1;

    /// <inheritdoc />
    public void Classified(Flow flow)
    {
        _ring[Interlocked.Increment(ref _next) % Kept] = flow;
        if (flow.Decision is { } decision)
        {
            counters.Add((decision.Intercepts ? InterceptNames : PassthroughNames)[(int)decision.Source]);
        }

        if (flow.ClientHello is { HasEch: true })
        {
            counters.Add("flow.ech.seen");
        }

        Tell(flow);
    }

    /// <inheritdoc />
    public void Ended(Flow flow)
    {
        if (flow.EndReason is { } reason)
        {
            counters.Add(EndNames[(int)reason]);
        }

        Tell(flow);
    }

    /// <summary>The last flows, oldest first.</summary>
    public IReadOnlyList<FlowRecord> Recent()
    {
        var next = Volatile.Read(ref _next) + 1;
        var records = new List<FlowRecord>(Kept);
        for (var i = Math.Max(0, next - Kept); i < next; i++)
        {
            if (Volatile.Read(ref _ring[i % Kept]) is { } flow)
            {
                records.Add(FlowRecord.Of(flow));
            }
        }

        return records;
    }

    /// <summary>Listens from now on; a listener too slow loses the oldest records. Disposing ends it.</summary>
    public FlowSubscription Subscribe()
    {
        var channel = Channel.CreateBounded<FlowRecord>(
            new BoundedChannelOptions(WaitingPerListener) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => counters.Add("agent.dropped.tail-slow"));
        ImmutableInterlocked.Update(ref _listeners, listeners => listeners.Add(channel));
        return new FlowSubscription(channel.Reader, () => ImmutableInterlocked.Update(ref _listeners, listeners => listeners.Remove(channel)));
    }

    private void Tell(Flow flow)
    {
        var listeners = _listeners;
        if (listeners.IsEmpty)
        {
            return;
        }

        var record = FlowRecord.Of(flow);
        foreach (var listener in listeners)
        {
            listener.Writer.TryWrite(record);
        }
    }

    // Names are made once: a flow costs no text.
    private static string[] Names<T>(string prefix)
        where T : struct, Enum =>
        [.. Enum.GetNames<T>().Select(name => prefix + JsonNamingPolicy.KebabCaseLower.ConvertName(name))];
}
