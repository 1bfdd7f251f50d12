namespace AktoDivert.FunctionalTests.Console;

/// <summary>The system's clock, set forward by the test; timers run in real time.</summary>
internal sealed class AdjustableTime : TimeProvider
{
    private long _ticks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref _ticks));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
