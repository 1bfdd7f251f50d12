namespace AktoDivert.Capture.Fleet;

/// <summary>Bounds and intervals of the flow reports.</summary>
public sealed record FlowReportOptions
{
    /// <summary>Pause between reports, in which flows gather.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the bytes of flows that go on are reported.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Most flows that wait; the oldest make room.</summary>
    public int MostWaiting { get; init; } = 5_000;

    /// <summary>First pause after a report that was not taken.</summary>
    public TimeSpan BackoffFirst { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause.</summary>
    public TimeSpan BackoffMost { get; init; } = TimeSpan.FromSeconds(60);
}
