using System.Text.Json.Serialization;

namespace AktoDivert.Core.Guarding.Policies;

/// <summary>A policy file: <c>{"policies":[...]}</c>.</summary>
public sealed record GuardrailPolicyFile
{
    /// <summary>The policies.</summary>
    [JsonPropertyName("policies")] public IReadOnlyList<GuardrailPolicy> Policies { get; set; } = [];
}
