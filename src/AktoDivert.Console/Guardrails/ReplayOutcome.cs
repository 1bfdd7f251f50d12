namespace AktoDivert.Console.Guardrails;

/// <summary>What policies would have made of the last calls.</summary>
/// <param name="Looked">Calls looked at.</param>
/// <param name="Skipped">Calls whose content is not kept.</param>
/// <param name="Hits">Calls with findings, newest first.</param>
/// <param name="Milliseconds">How long it took.</param>
public sealed record ReplayOutcome(int Looked, int Skipped, IReadOnlyList<ReplayHit> Hits, double Milliseconds);
