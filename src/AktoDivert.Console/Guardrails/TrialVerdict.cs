using AktoDivert.Core.Guarding;

namespace AktoDivert.Console.Guardrails;

/// <summary>What policies say of a text or a call.</summary>
/// <param name="Verdict">The most severe of those that bite.</param>
/// <param name="Reason">What the person would be told; empty when nothing.</param>
/// <param name="Findings">What was found.</param>
/// <param name="Masked">The body as it would pass; null when it would pass unchanged.</param>
/// <param name="Milliseconds">How long judging took.</param>
internal sealed record TrialVerdict(Verdict Verdict, string Reason, IReadOnlyList<Finding> Findings, string? Masked, double Milliseconds);
