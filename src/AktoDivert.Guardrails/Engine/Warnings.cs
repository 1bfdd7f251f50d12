namespace AktoDivert.Guardrails.Engine;

/// <summary>
/// Who was warned of what: the identical call passes when a person sends it again within the window. An answer within a second is an app's own
/// retry and is refused again. Bounded; thread-safe.
/// </summary>
internal sealed class Warnings(TimeProvider time)
{
    /// <summary>How long a resubmission passes.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private const int Capacity = 10_000;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, DateTimeOffset> _warned = [];

    /// <summary>Whether the call passes; if not, it is noted as warned of.</summary>
    public bool Passes(UInt128 fingerprint)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (_warned.TryGetValue(fingerprint, out var first) && now - first < Window)
            {
                return now - first >= Retry;
            }

            if (_warned.Count >= Capacity)
            {
                foreach (var (old, at) in _warned.Where(w => now - w.Value >= Window).ToArray())
                {
                    _warned.Remove(old);
                }

                if (_warned.Count >= Capacity)
                {
                    _warned.Clear();
                }
            }

            _warned[fingerprint] = now;
            return false;
        }
    }
}
