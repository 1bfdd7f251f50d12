using AktoDivert.Core.Processes;

namespace AktoDivert.Core.Policy;

/// <summary>
/// Passthroughs learned for (process, host): the app refused our certificate or the server wanted a client certificate. Each lasts
/// 24 hours at first and twice as long after every further refusal, up to 30 days; an admin may pin or clear it. Thread-safe; bounded.
/// </summary>
public sealed class LearnedPassthroughTable(TimeProvider time)
{
    /// <summary>Most entries kept; the one that expires first makes room.</summary>
    public const int Capacity = 4096;

    private static readonly TimeSpan FirstTerm = TimeSpan.FromHours(24);
    private static readonly TimeSpan LongestTerm = TimeSpan.FromDays(30);

    private readonly Lock _gate = new();

    // Expired entries stay until they must make room: their refusals decide how long the next term is.
    private readonly Dictionary<(string Process, string Host), LearnedPassthrough> _entries = new(new PairComparer());

    /// <summary>Raised after any change, on the thread that made it.</summary>
    public event Action? Changed;

    /// <summary>
    /// Records a refusal. While an entry is in force nothing changes: the refusal comes from a connection decided before it.
    /// </summary>
    public LearnedPassthrough Learn(string process, string host, string reason)
    {
        var key = Key(process, host);
        LearnedPassthrough entry;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _entries.TryGetValue(key, out var before);
            if (before is not null && before.Expires > now)
            {
                return before;
            }

            var refusals = (before?.Refusals ?? 0) + 1;
            var term = FirstTerm * Math.Pow(2, Math.Min(refusals - 1, 10));
            entry = new LearnedPassthrough(key.Process, key.Host, reason, now, now + (term < LongestTerm ? term : LongestTerm), refusals);
            Store(key, entry);
        }

        Changed?.Invoke();
        return entry;
    }

    /// <summary>The entry in force for the pair, or null.</summary>
    public LearnedPassthrough? Find(string process, string host)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(Key(process, host), out var entry) && entry.Expires > time.GetUtcNow() ? entry : null;
        }
    }

    /// <summary>Forgets the pair; false when there was none.</summary>
    public bool Clear(string process, string host)
    {
        bool removed;
        lock (_gate)
        {
            removed = _entries.Remove(Key(process, host));
        }

        if (removed)
        {
            Changed?.Invoke();
        }

        return removed;
    }

    /// <summary>Keeps the pair until it is cleared; learns it first when unknown.</summary>
    public void Pin(string process, string host)
    {
        var key = Key(process, host);
        lock (_gate)
        {
            var entry = _entries.GetValueOrDefault(key)
                ?? new LearnedPassthrough(key.Process, key.Host, "pinned by an administrator", time.GetUtcNow(), default, 0);
            Store(key, entry with { Expires = DateTimeOffset.MaxValue });
        }

        Changed?.Invoke();
    }

    /// <summary>Entries in force, sorted by process and host.</summary>
    public IReadOnlyList<LearnedPassthrough> Entries()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            return [.. _entries.Values
                .Where(e => e.Expires > now)
                .OrderBy(e => e.Process, StringComparer.Ordinal)
                .ThenBy(e => e.Host, StringComparer.Ordinal)];
        }
    }

    /// <summary>Puts back entries saved by an earlier run; expired ones are left out.</summary>
    public void Restore(IEnumerable<LearnedPassthrough> entries)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var entry in entries.Where(e => e.Expires > now))
            {
                Store(Key(entry.Process, entry.Host), entry);
            }
        }
    }

    private void Store((string Process, string Host) key, LearnedPassthrough entry)
    {
        if (_entries.Count >= Capacity && !_entries.ContainsKey(key))
        {
            _entries.Remove(_entries.MinBy(pair => pair.Value.Expires).Key);
        }

        _entries[key] = entry;
    }

    private static (string Process, string Host) Key(string process, string host) => (process, host.ToLowerInvariant());

    // Asked for every connection, so without making a form of the name to compare.
    private sealed class PairComparer : IEqualityComparer<(string Process, string Host)>
    {
        public bool Equals((string Process, string Host) one, (string Process, string Host) other) =>
            one.Host == other.Host && ExecutableName.Same(one.Process, other.Process);

        public int GetHashCode((string Process, string Host) pair) => HashCode.Combine(ExecutableName.HashCodeOf(pair.Process), pair.Host);
    }
}
