using System.Text.Json.Serialization;

namespace AktoDivert.Core.Guarding.Policies;

/// <summary>
/// A guardrail policy as it stands in a policy file, in the console's storage and in the settings stream. Words instead of enums, so that a
/// wrong one is reported with all the others; docs/guardrails.md lists them, and <c>PolicyCompiler</c> checks them. Members with a default can be
/// set, because generated JSON gives members that are init-only their type's default where the document says nothing.
/// </summary>
public sealed record GuardrailPolicy
{
    /// <summary>Name, unique among the policies in force; shown to the person whose prompt is refused.</summary>
    [JsonPropertyName("name")] public string Name { get; set; } = "";

    /// <summary>What it is for; for people.</summary>
    [JsonPropertyName("description")] public string? Description { get; init; }

    /// <summary>Whether it is in force.</summary>
    [JsonPropertyName("enabled")] public bool Enabled { get; set; } = true;

    /// <summary>Grows with each change; findings carry it.</summary>
    [JsonPropertyName("version")] public long Version { get; set; } = 1;

    /// <summary>Whether findings are only recorded, whatever the action: to try a policy before it bites.</summary>
    [JsonPropertyName("monitor")] public bool Monitor { get; init; }

    /// <summary><c>alert</c>, <c>warn</c>, <c>redact</c> or <c>block</c>.</summary>
    [JsonPropertyName("action")] public string Action { get; set; } = "alert";

    /// <summary>What happens instead where redaction is impossible: <c>alert</c> or <c>block</c>.</summary>
    [JsonPropertyName("cannotRedact")] public string CannotRedact { get; set; } = "block";

    /// <summary>What happens to what cannot be judged (a fault, a time-out, too large): <c>open</c> lets it pass, <c>closed</c> refuses.</summary>
    [JsonPropertyName("onFailure")] public string OnFailure { get; set; } = "open";

    /// <summary><c>new</c>: only messages not seen before in the conversation are scanned; <c>all</c>: the whole history each time.</summary>
    [JsonPropertyName("history")] public string History { get; set; } = "new";

    /// <summary><c>low</c>, <c>medium</c>, <c>high</c> or <c>critical</c>.</summary>
    [JsonPropertyName("severity")] public string Severity { get; set; } = "medium";

    /// <summary>What the person is told; absent: the policy's name and what was found.</summary>
    [JsonPropertyName("message")] public string? Message { get; init; }

    /// <summary>Whose calls it judges; absent: everybody's.</summary>
    [JsonPropertyName("scope")] public GuardrailScope? Scope { get; init; }

    /// <summary>What it looks for; at least one.</summary>
    [JsonPropertyName("detectors")] public IReadOnlyList<GuardrailDetector> Detectors { get; set; } = [];

    /// <summary>What it overlooks.</summary>
    [JsonPropertyName("exceptions")] public IReadOnlyList<GuardrailException>? Exceptions { get; init; }
}
