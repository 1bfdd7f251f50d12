namespace AktoDivert.Guardrails.Detectors;

/// <summary>A denied topic.</summary>
/// <param name="Name">Name, shown with what it finds.</param>
/// <param name="Keywords">Words and phrases of which one, as it stands, denies a text.</param>
/// <param name="Samples">Sentences about the topic; a text whose wording is near to one of them is denied. May be empty.</param>
/// <param name="Threshold">How near, 0 to 1.</param>
public sealed record TopicOption(string Name, IReadOnlyList<string> Keywords, IReadOnlyList<string> Samples, double Threshold = 0.55);
