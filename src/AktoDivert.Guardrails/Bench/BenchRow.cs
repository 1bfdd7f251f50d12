namespace AktoDivert.Guardrails.Bench;

/// <summary>One labelled text.</summary>
/// <param name="Line">Line of the file, from 1.</param>
/// <param name="Entity">What is looked for.</param>
/// <param name="Text">Where.</param>
/// <param name="Spans">Where it stands, start and end in UTF-16 code units; null when only the number is known.</param>
/// <param name="Count">How often it stands there.</param>
public sealed record BenchRow(int Line, string Entity, string Text, IReadOnlyList<(int Start, int End)>? Spans, int Count);
