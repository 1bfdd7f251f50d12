using System.Text.Json.Serialization;

namespace AktoDivert.Core.Guarding.Policies;

/// <summary>One detector of a policy with its settings. Which settings a type takes stands beside each member.</summary>
public sealed record GuardrailDetector
{
    /// <summary>
    /// <c>secrets</c>, <c>pii</c>, <c>prompt-injection</c>, <c>source-code</c>, <c>topics</c>, <c>words</c>, <c>regex</c>,
    /// <c>token-limit</c>, <c>hosts</c>, <c>mcp-tools</c>, <c>attachments</c>, <c>personal-account</c> or <c>remote</c>.
    /// </summary>
    [JsonPropertyName("type")] public string Type { get; set; } = "";

    /// <summary>Only these rules, entities or languages (<c>aws-access-key</c>, <c>iban</c>, <c>python</c>); absent: all of the type.</summary>
    [JsonPropertyName("entities")] public IReadOnlyList<string>? Entities { get; init; }

    /// <summary>Least score that counts, 0 to 1; absent: the detector's own.</summary>
    [JsonPropertyName("threshold")] public double? Threshold { get; init; }

    /// <summary>Least number of findings in one message that counts, at least 1.</summary>
    [JsonPropertyName("minCount")] public int MinimumCount { get; set; } = 1;

    /// <summary>An action of this detector alone, instead of the policy's.</summary>
    [JsonPropertyName("action")] public string? Action { get; init; }

    /// <summary><c>words</c>: words and phrases, found whole and without case.</summary>
    [JsonPropertyName("words")] public IReadOnlyList<string>? Words { get; init; }

    /// <summary><c>regex</c>: expressions that run in linear time (no look-around, no back-references).</summary>
    [JsonPropertyName("patterns")] public IReadOnlyList<string>? Patterns { get; init; }

    /// <summary><c>topics</c>: denied topics.</summary>
    [JsonPropertyName("topics")] public IReadOnlyList<GuardrailTopic>? Topics { get; init; }

    /// <summary><c>token-limit</c>: most tokens of one message (estimated at 4 characters each).</summary>
    [JsonPropertyName("maxTokens")] public int? MaximumTokens { get; init; }

    /// <summary><c>hosts</c>: banned hosts with or without a path; <c>*</c> stands for any text.</summary>
    [JsonPropertyName("hosts")] public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>
    /// <c>mcp-tools</c>: tools that may be called; absent: all that are not denied. A tool is named alone or with its server, as <see cref="McpToolName"/> writes
    /// it. <c>*</c> stands for any text.
    /// </summary>
    [JsonPropertyName("allow")] public IReadOnlyList<string>? Allow { get; init; }

    /// <summary><c>mcp-tools</c> and <c>attachments</c>: tools, file extensions or media types that may not. <c>*</c> stands for any text.</summary>
    [JsonPropertyName("deny")] public IReadOnlyList<string>? Deny { get; init; }

    /// <summary><c>attachments</c>: most bytes of one attachment.</summary>
    [JsonPropertyName("maxBytes")] public long? MaximumBytes { get; init; }

    /// <summary><c>personal-account</c>: organisation or workspace ids and e-mail domains that are the company's.</summary>
    [JsonPropertyName("company")] public IReadOnlyList<string>? Company { get; init; }
}
