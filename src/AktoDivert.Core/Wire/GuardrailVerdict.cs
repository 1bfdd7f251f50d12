using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>
/// A verdict as Akto's gateway writes it into <c>_guardrail</c> of a record (its <c>recordGuardrailVerdict</c>): stringified there.
/// </summary>
public sealed record GuardrailVerdict
{
    /// <summary>Whether a policy was violated.</summary>
    [JsonPropertyName("guardrailViolated")] public required bool Violated { get; init; }

    /// <summary>What was done: <c>blocked</c>, <c>redacted</c>, <c>warned</c>, <c>alerted</c>.</summary>
    [JsonPropertyName("guardrailAction")] public string? Action { get; init; }

    /// <summary>Why, for a person.</summary>
    [JsonPropertyName("guardrailReason")] public string? Reason { get; init; }

    /// <summary>The deciding policy.</summary>
    [JsonPropertyName("guardrailPolicy")] public string? Policy { get; init; }

    /// <summary>The deciding rule.</summary>
    [JsonPropertyName("guardrailRule")] public string? Rule { get; init; }

    /// <summary>Its severity, upper case.</summary>
    [JsonPropertyName("guardrailSeverity")] public string? Severity { get; init; }
}
