using AktoDivert.Core.Threading;

namespace AktoDivert.Capture;

/// <summary>
/// What waits for one worker, bounded by count and by bytes, drop-oldest. The lock is held for one enqueue or dequeue, never while anything is
/// processed. The worker says for how much it is worth waking up.
/// </summary>
/// <param name="maxCount">Most entries.</param>
/// <param name="maxBytes">Most bytes.</param>
/// <param name="drop">Takes what had to make room. Called without the lock, on the thread that added.</param>
internal sealed class Backlog<T>(int maxCount, long maxBytes, Action<T> drop) : IDisposable
    where T : struct, IBacklogEntry
{
    private readonly Lock _lock = new();
    private readonly Queue<T> _entries = new();
    private readonly Pulse _arrived = new();
    private long _bytes;
    private int _wantedCount = int.MaxValue;
    private long _wantedBytes = long.MaxValue;

    /// <summary>Entries waiting.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Bytes waiting.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Whether fewer entries and fewer bytes wait.</summary>
    public bool IsBelow(int count, long bytes)
    {
        lock (_lock)
        {
            return _entries.Count < count && _bytes < bytes;
        }
    }

    private bool IsOver => _entries.Count > maxCount || _bytes > maxBytes;

    /// <summary>Adds an entry; the oldest ones make room.</summary>
    public void Add(in T entry)
    {
        bool isOver;
        lock (_lock)
        {
            _entries.Enqueue(entry);
            _bytes += entry.Bytes;
            isOver = IsOver;
            if (Has(_wantedCount, _wantedBytes))
            {
                // Once: what arrives until the worker asks again needs no other signal.
                (_wantedCount, _wantedBytes) = (int.MaxValue, long.MaxValue);
                _arrived.Set();
            }
        }

        while (isOver && TryTakeExcess(out var oldest))
        {
            drop(oldest);
        }
    }

    /// <summary>Takes the oldest entry.</summary>
    public bool TryTake(out T entry) => TryTake(long.MaxValue, out entry);

    /// <summary>Takes the oldest entry if it has at most so many bytes.</summary>
    public bool TryTake(long most, out T entry)
    {
        lock (_lock)
        {
            if (!_entries.TryPeek(out var next) || next.Bytes > most)
            {
                entry = default!;
                return false;
            }

            entry = Dequeue();
            return true;
        }
    }

    /// <summary>Takes the oldest entry if it meets a condition.</summary>
    public bool TryTakeIf(Func<T, bool> condition, out T entry)
    {
        lock (_lock)
        {
            if (!_entries.TryPeek(out var next) || !condition(next))
            {
                entry = default!;
                return false;
            }

            entry = Dequeue();
            return true;
        }
    }

    /// <summary>
    /// Returns when so many entries or so many bytes wait, or after <paramref name="timeout"/> of real time, false then. May return early. One
    /// caller at a time.
    /// </summary>
    public ValueTask<bool> WaitAsync(int count, long bytes, TimeSpan timeout, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (Has(count, bytes))
            {
                return new(true);
            }

            (_wantedCount, _wantedBytes) = (count, bytes);
        }

        return _arrived.WaitAsync(timeout, cancellationToken);
    }

    /// <inheritdoc />
    public void Dispose() => _arrived.Dispose();

    private bool Has(int count, long bytes) => _entries.Count >= count || _bytes >= bytes;

    private bool TryTakeExcess(out T oldest)
    {
        lock (_lock)
        {
            if (!IsOver)
            {
                oldest = default!;
                return false;
            }

            oldest = Dequeue();
            return true;
        }
    }

    private T Dequeue()
    {
        var oldest = _entries.Dequeue();
        _bytes -= oldest.Bytes;
        return oldest;
    }
}
