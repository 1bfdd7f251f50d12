namespace AktoDivert.Redirect.Flows;

/// <summary>Connect events that wait for their SYN. Guarded by the <see cref="FlowTable"/>.</summary>
/// <param name="capacity">Most of them.</param>
/// <param name="limit">How long one waits, in ticks.</param>
internal sealed class EvidenceStore(int capacity, long limit)
{
    private readonly Dictionary<FlowKey, Evidence> _byFlow = [];
    private readonly List<FlowKey> _expired = [];

    /// <summary>
    /// Keeps an event; false when too many are kept. A process's event outweighs the kernel's, in whatever order they come.
    /// </summary>
    public bool TryStore(in FlowKey key, Attribution attribution, long timestamp, long now)
    {
        if (_byFlow.TryGetValue(key, out var known))
        {
            var fresh = now - known.Stored < limit;
            if (fresh && attribution.IsKernel && !known.Attribution.IsKernel)
            {
                return true;
            }
        }
        else if (_byFlow.Count >= capacity)
        {
            return false;
        }

        _byFlow[key] = new Evidence(attribution, timestamp, now);
        return true;
    }

    /// <summary>Takes the event of a SYN out: one that is not over, and not later than <paramref name="latest"/>.</summary>
    public Attribution? Take(in FlowKey key, long latest, long now)
    {
        if (!_byFlow.TryGetValue(key, out var evidence) || evidence.Timestamp > latest)
        {
            return null;
        }

        _byFlow.Remove(key);
        return now - evidence.Stored < limit ? evidence.Attribution : null;
    }

    /// <summary>Lets events go that waited too long.</summary>
    public void Expire(long now)
    {
        _expired.Clear();
        foreach (var (key, evidence) in _byFlow)
        {
            if (now - evidence.Stored >= limit)
            {
                _expired.Add(key);
            }
        }

        foreach (var key in _expired)
        {
            _byFlow.Remove(key);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _byFlow.Clear();

    private readonly record struct Evidence(Attribution Attribution, long Timestamp, long Stored);
}
