namespace AktoDivert.Guardrails.Detectors;

/// <summary>Words and phrases to look for, whole and in any case.</summary>
/// <param name="Name">Name, shown with what it finds.</param>
/// <param name="Words">At least one; none empty.</param>
public sealed record WordListOption(string Name, IReadOnlyList<string> Words);
