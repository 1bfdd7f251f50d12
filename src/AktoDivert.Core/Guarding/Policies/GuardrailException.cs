using System.Text.Json.Serialization;

namespace AktoDivert.Core.Guarding.Policies;

/// <summary>Something that a policy overlooks.</summary>
public sealed record GuardrailException
{
    /// <summary>
    /// <c>phrase</c>: a finding within this text; <c>hash</c>: the SHA-256 (hex) of the found text, as its finding shows it;
    /// <c>path</c>: calls to paths that match; <c>user</c>: calls of a login name; <c>tool</c>: a tool of an MCP server, alone or with its server.
    /// <c>*</c> stands for any text in the last three.
    /// </summary>
    [JsonPropertyName("kind")] public string Kind { get; set; } = "";

    /// <summary>The phrase, hash, path, user or tool.</summary>
    [JsonPropertyName("value")] public string Value { get; set; } = "";

    /// <summary>When it ends, ISO 8601; absent: never.</summary>
    [JsonPropertyName("expires")] public string? Expires { get; init; }

    /// <summary>Why it was made; for people.</summary>
    [JsonPropertyName("reason")] public string? Reason { get; init; }
}
