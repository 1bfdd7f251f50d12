using System.Text.Json.Serialization;

namespace AktoDivert.Core.Guarding.Policies;

/// <summary>Something that a policy overlooks.</summary>
public sealed record GuardrailException
{
    /// <summary>
    /// <c>phrase</c>: a finding within this text; <c>hash</c>: the SHA-256 (hex) of the found text, as its finding shows it;
    /// <c>path</c>: calls to paths that match; <c>user</c>: calls of a login name. <c>*</c> stands for any text in the last two.
    /// </summary>
    [JsonPropertyName("kind")] public string Kind { get; set; } = "";

    /// <summary>The phrase, hash, path or user.</summary>
    [JsonPropertyName("value")] public string Value { get; set; } = "";

    /// <summary>When it ends, ISO 8601; absent: never.</summary>
    [JsonPropertyName("expires")] public string? Expires { get; init; }

    /// <summary>Why it was made; for people.</summary>
    [JsonPropertyName("reason")] public string? Reason { get; init; }
}
