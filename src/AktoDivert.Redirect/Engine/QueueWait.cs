namespace AktoDivert.Redirect.Engine;

/// <summary>
/// How long packets wait in the driver: the only sign of overload, since the driver does not say what it drops. A moving average,
/// weighted 1/16 for each batch.
/// </summary>
/// <param name="options">Limits.</param>
/// <param name="time">The clock of the driver's timestamps.</param>
internal sealed class QueueWait(EngineOptions options, TimeProvider time)
{
    private const int Weight = 16;

    // The driver drops what waits longer; a timestamp that says so is nonsense, and must not count for ever.
    private readonly long _longest = 16 * time.TimestampFrequency;
    private long _averageTicks;
    private long _overSince;

    /// <summary>The average.</summary>
    public TimeSpan Average => time.GetElapsedTime(0, Volatile.Read(ref _averageTicks));

    /// <summary>Whether packets wait long enough to tell.</summary>
    public bool IsSlow => Average > options.WaitWarning;

    /// <summary>Notes when the oldest packet of a batch came to the driver. A time in the future, after a jump of the clock, is none.</summary>
    public void Observe(long timestamp, long now)
    {
        var average = Volatile.Read(ref _averageTicks);
        Volatile.Write(ref _averageTicks, average + ((Math.Clamp(now - timestamp, 0, _longest) - average) / Weight));
    }

    /// <summary>Whether the average is over the limit for so long that redirecting has to end. Asked regularly, by one thread.</summary>
    public bool IsOverloaded(long now)
    {
        if (Average <= options.WaitOverload)
        {
            _overSince = 0;
            return false;
        }

        _overSince = _overSince == 0 ? now : _overSince;
        return time.GetElapsedTime(_overSince, now) >= options.OverloadLimit;
    }
}
