namespace AktoDivert.Guardrails.Detectors;

/// <summary>A regular expression of the administrator.</summary>
/// <param name="Name">Name, shown with what it finds.</param>
/// <param name="Pattern">Expression without look-around and back-references, so that it runs in linear time.</param>
public sealed record PatternOption(string Name, string Pattern);
