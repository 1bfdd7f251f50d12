namespace AktoDivert.Guardrails.Bench;

/// <summary>Result of a <see cref="GuardBench"/>.</summary>
/// <param name="Entities">Per entity, sorted by name.</param>
/// <param name="Detectors">Per detector, sorted by name.</param>
/// <param name="Faults">The rows that were not met, with what was found instead.</param>
/// <param name="Unknown">Entities of the data that no detector looks for; their labels count as missed.</param>
/// <param name="MegabytesPerSecond">10^6 bytes of UTF-8 text scanned per second by the detector of each row, after a first run.</param>
public sealed record BenchReport(
    IReadOnlyDictionary<string, BenchScore> Entities,
    IReadOnlyDictionary<string, BenchScore> Detectors,
    IReadOnlyList<BenchFault> Faults,
    IReadOnlyList<string> Unknown,
    double MegabytesPerSecond)
{
    /// <summary>All entities together.</summary>
    public BenchScore Total => Entities.Values.Aggregate(default(BenchScore), (sum, score) => sum + score);
}
