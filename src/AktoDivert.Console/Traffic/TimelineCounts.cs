namespace AktoDivert.Console.Traffic;

/// <summary>What was counted for a <see cref="Timeline"/>.</summary>
/// <param name="Counts">The counts, in no order.</param>
/// <param name="LeftMs">Unix milliseconds of the newest call or flow that was left out because there are too many; null when all were looked at.</param>
internal sealed record TimelineCounts(IReadOnlyList<TimelineCount> Counts, long? LeftMs);
