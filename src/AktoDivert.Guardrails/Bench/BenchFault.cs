using AktoDivert.Guardrails.Detectors;

namespace AktoDivert.Guardrails.Bench;

/// <summary>A row that was not met.</summary>
/// <param name="Row">The row.</param>
/// <param name="Score">What was found, missed and wrong in it.</param>
/// <param name="Detections">What was found.</param>
public sealed record BenchFault(BenchRow Row, BenchScore Score, IReadOnlyList<Detection> Detections);
