using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>What the guardrails made of a call.</summary>
public sealed record AuditGuard
{
    /// <summary><c>allow</c>, <c>alert</c>, <c>warn</c>, <c>redact</c> or <c>block</c>: the most severe of all policies that bite.</summary>
    [JsonPropertyName("verdict")] public required string Verdict { get; init; }

    /// <summary>The policy that decided; empty when none did.</summary>
    [JsonPropertyName("policy")] public string Policy { get; init; } = "";

    /// <summary>What the person was told; empty when nothing.</summary>
    [JsonPropertyName("reason")] public string Reason { get; init; } = "";

    /// <summary>Highest severity among the findings; empty when there are none.</summary>
    [JsonPropertyName("severity")] public string Severity { get; init; } = "";

    /// <summary>Why the call, or a part of it, was not judged (a time-out, too large): then "allow" does not mean clean. Null when all was.</summary>
    [JsonPropertyName("unchecked")] public string? Unchecked { get; init; }

    /// <summary>Milliseconds that judging took; null when not measured.</summary>
    [JsonPropertyName("ms")] public double? Milliseconds { get; init; }

    /// <summary>Findings of all policies.</summary>
    [JsonPropertyName("findings")] public IReadOnlyList<AuditFinding> Findings { get; init; } = [];
}
