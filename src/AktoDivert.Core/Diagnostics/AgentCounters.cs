using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace AktoDivert.Core.Diagnostics;

/// <summary>
/// Named counters of everything that a person may want to know a reason for: each drop, bypass, refusal and fault. Names are
/// <c>stage.what.reason</c> in lower case (<c>capture.dropped.ring-full</c>), shown by <c>status</c> and sent with the heartbeat.
/// </summary>
public sealed class AgentCounters
{
    private readonly ConcurrentDictionary<string, StrongBox<long>> _counters = new(StringComparer.Ordinal);

    /// <summary>Adds to a counter, which appears at its first use.</summary>
    public void Add(string name, long amount = 1) =>
        Interlocked.Add(ref _counters.GetOrAdd(name, static _ => new StrongBox<long>()).Value, amount);

    /// <summary>Value of a counter; 0 when it was never used.</summary>
    public long this[string name] => _counters.TryGetValue(name, out var box) ? Volatile.Read(ref box.Value) : 0;

    /// <summary>All counters by name.</summary>
    public SortedDictionary<string, long> Read()
    {
        var all = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, box) in _counters)
        {
            all[name] = Volatile.Read(ref box.Value);
        }

        return all;
    }
}
