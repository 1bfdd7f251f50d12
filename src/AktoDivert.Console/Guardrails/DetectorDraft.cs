using AktoDivert.Core.Guarding.Policies;

namespace AktoDivert.Console.Guardrails;

/// <summary>A detector as a person edits it: lists are text, one entry a line.</summary>
public sealed class DetectorDraft(DetectorKind kind)
{
    /// <summary>What it looks for.</summary>
    public DetectorKind Kind { get; } = kind;

    /// <summary>Whether the policy uses it.</summary>
    public bool Chosen { get; set; }

    /// <summary>Entries, one a line: entities, words, expressions, hosts, tools, types or company ids, as <see cref="DetectorKind.ListLabel"/> says.</summary>
    public string List { get; set; } = "";

    /// <summary>The number that <see cref="DetectorKind.NumberLabel"/> names; null for none.</summary>
    public long? Number { get; set; }

    /// <summary>Least score that counts, 0 to 1; null for the detector's own.</summary>
    public double? Threshold { get; set; }

    /// <summary>Least number of findings in one message that counts.</summary>
    public int MinimumCount { get; set; } = 1;

    /// <summary>An action of its own; empty for the policy's.</summary>
    public string Action { get; set; } = "";

    /// <summary>Fills the draft from a document.</summary>
    public void Take(GuardrailDetector detector)
    {
        Chosen = true;
        List = string.Join('\n', Kind.ReadList(detector) ?? []);
        Number = Kind.ReadNumber(detector);
        (Threshold, MinimumCount, Action) = (detector.Threshold, detector.MinimumCount, detector.Action ?? "");
    }

    /// <summary>The document.</summary>
    public GuardrailDetector ToDetector() => Kind.Write(
        new GuardrailDetector { Type = Kind.Type, Threshold = Threshold, MinimumCount = Math.Max(MinimumCount, 1), Action = Action.Length > 0 ? Action : null },
        PolicyDraft.Lines(List), Number);
}
