using AktoDivert.Core.Guarding;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Detectors;
using AktoDivert.Guardrails.Policies;

namespace AktoDivert.Guardrails.Engine;

/// <summary>Something that one detector of one policy objects to.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Detector">Its detector.</param>
/// <param name="Part">The text; null when it is about the call as a whole.</param>
/// <param name="Detection">What was found, with its place in the text.</param>
/// <param name="Action">What is done about it; where the policy monitors, what it would do.</param>
internal sealed record Hit(CompiledPolicy Policy, CompiledDetector Detector, TextPart? Part, Detection Detection, Verdict Action)
{
    /// <summary>What is done in fact.</summary>
    public Verdict Effective => Policy.Source.Monitor ? Verdict.Allow : Action;

    /// <summary>Whether a record must not show the text found.</summary>
    public bool IsSensitive => Detector.Type is DetectorType.Secrets or DetectorType.Pii || (Effective == Verdict.Redact && CanMask(Detector.Type));

    /// <summary>Whether what such a detector finds can be masked.</summary>
    public static bool CanMask(DetectorType type) => type is not DetectorType.TokenLimit;
}
