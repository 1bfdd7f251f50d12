namespace AktoDivert.Guardrails.Detectors;

/// <summary>One place in a text that a detector objects to.</summary>
/// <param name="Detector">Name of the detector, for example <c>pii</c>.</param>
/// <param name="Entity">What was found, for example <c>iban</c>, <c>secret</c>, <c>prompt_injection</c>.</param>
/// <param name="Rule">The rule that found it, for example <c>github-personal-access-token</c>.</param>
/// <param name="Score">How sure the detector is, 0 to 1.</param>
/// <param name="Offset">First character, in UTF-16 code units.</param>
/// <param name="Length">Length in UTF-16 code units, at least 1.</param>
/// <param name="Reason">One sentence for people; holds nothing of the text. Empty where the rule says it all.</param>
public readonly record struct Detection(string Detector, string Entity, string Rule, double Score, int Offset, int Length, string Reason = "")
{
    /// <summary>The index after the last character.</summary>
    public int End => Offset + Length;
}
