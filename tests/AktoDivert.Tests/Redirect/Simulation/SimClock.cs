using AktoDivert.Tests.Shared;

namespace AktoDivert.Tests.Redirect.Simulation;

/// <summary>A clock that moves only when told, and whose time of day can jump without the timestamps.</summary>
internal sealed class SimClock(TestTimeProvider inner) : TimeProvider
{
    private TimeSpan _jump;

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + _jump;

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);

    internal void Jump(TimeSpan by) => _jump += by;

    internal void Advance(TimeSpan by) => inner.Advance(by);

    internal long Ticks(TimeSpan time) => (long)(time.TotalSeconds * TimestampFrequency);
}
