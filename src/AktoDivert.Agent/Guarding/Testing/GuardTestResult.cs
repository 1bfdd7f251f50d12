using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.Guarding.Testing;

/// <summary>What would happen to a call.</summary>
/// <param name="Number">Number of the call, from 1.</param>
/// <param name="Shape">API shape recognised.</param>
/// <param name="Verdict"><c>allow</c>, <c>alert</c>, <c>warn</c>, <c>redact</c> or <c>block</c>.</param>
/// <param name="Policy">The policy that decides; empty when none does.</param>
/// <param name="Reason">What the person would be told; empty when nothing.</param>
/// <param name="Unchecked">Why it would pass unjudged; null when it was judged.</param>
/// <param name="Milliseconds">Time that judging took.</param>
/// <param name="Findings">Everything found.</param>
/// <param name="Passes">What would reach the service or the app instead; null when nothing is changed.</param>
internal sealed record GuardTestResult(
    int Number,
    string Shape,
    string Verdict,
    string Policy,
    string Reason,
    string? Unchecked,
    double Milliseconds,
    IReadOnlyList<AuditFinding> Findings,
    string? Passes);
