namespace AktoDivert.Fuzz.Targets;

/// <summary>A clock that stands where it is put; 100 ns ticks.</summary>
internal sealed class ScriptedClock : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    internal long Now { get; set; }

    public override long GetTimestamp() => Now;

    public override DateTimeOffset GetUtcNow() => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
