using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>Something that a guardrail policy found in a call. Never holds what was found, only its masked form.</summary>
public sealed record AuditFinding
{
    /// <summary>Name of the policy.</summary>
    [JsonPropertyName("policy")] public required string Policy { get; init; }

    /// <summary>Version of the policy.</summary>
    [JsonPropertyName("policyVersion")] public long PolicyVersion { get; init; }

    /// <summary>Detector type (<c>secrets</c>).</summary>
    [JsonPropertyName("detector")] public required string Detector { get; init; }

    /// <summary>Rule of the detector (<c>aws-access-key</c>).</summary>
    [JsonPropertyName("rule")] public string Rule { get; init; } = "";

    /// <summary>What it is (<c>secret</c>, <c>iban</c>).</summary>
    [JsonPropertyName("entity")] public string Entity { get; init; } = "";

    /// <summary>How sure, 0 to 1.</summary>
    [JsonPropertyName("score")] public double Score { get; init; }

    /// <summary><c>low</c>, <c>medium</c>, <c>high</c> or <c>critical</c>.</summary>
    [JsonPropertyName("severity")] public string Severity { get; init; } = "";

    /// <summary>What the policy did about it: <c>alert</c>, <c>warn</c>, <c>redact</c> or <c>block</c>.</summary>
    [JsonPropertyName("action")] public string Action { get; init; } = "";

    /// <summary>Whether the policy only monitors: then <see cref="Action"/> is what it would have done.</summary>
    [JsonPropertyName("monitor")] public bool Monitor { get; init; }

    /// <summary><c>request</c> or <c>response</c>.</summary>
    [JsonPropertyName("direction")] public string Direction { get; init; } = "";

    /// <summary>Where: the JSON path of the text within the body, or the channel of a stream.</summary>
    [JsonPropertyName("where")] public string Where { get; init; } = "";

    /// <summary>Masked evidence: a few characters at most.</summary>
    [JsonPropertyName("evidence")] public string Evidence { get; init; } = "";

    /// <summary>SHA-256 of the found text, hex, salted by nothing: what an exception of kind <c>hash</c> names. Null for whole messages.</summary>
    [JsonPropertyName("hash")] public string? Hash { get; init; }

    /// <summary>UTF-16 offset within the (redacted) text.</summary>
    [JsonPropertyName("offset")] public int Offset { get; init; }

    /// <summary>UTF-16 length within the (redacted) text.</summary>
    [JsonPropertyName("length")] public int Length { get; init; }
}
