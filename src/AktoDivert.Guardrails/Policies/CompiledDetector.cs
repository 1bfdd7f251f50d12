using AktoDivert.Core.Guarding;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Guardrails.Detectors;

namespace AktoDivert.Guardrails.Policies;

/// <summary>A detector of a policy, ready to run.</summary>
/// <param name="Type">What it looks at.</param>
/// <param name="Source">Its settings.</param>
/// <param name="Action">What is done about what it finds.</param>
/// <param name="Set">Index of the text detectors in <see cref="PolicySet.Sets"/>; -1 when it does not look at text.</param>
internal sealed record CompiledDetector(DetectorType Type, GuardrailDetector Source, Verdict Action, int Set)
{
    private readonly HashSet<string>? _entities =
        Source.Entities is { Count: > 0 } entities ? new HashSet<string>(entities, StringComparer.OrdinalIgnoreCase) : null;

    /// <summary>Name as policies write it.</summary>
    public string Name => Source.Type;

    /// <summary>Whether a detection counts.</summary>
    public bool Takes(Detection detection) =>
        (_entities is null || _entities.Contains(detection.Entity) || _entities.Contains(detection.Rule))
        && (Source.Threshold is not { } threshold || detection.Score >= threshold);
}
