using System.Text.Json.Serialization;
using AktoDivert.Core.Guarding.Policies;

namespace AktoDivert.Core.Wire;

/// <summary>
/// The part of Akto's account settings that concerns an endpoint agent, as <c>POST /api/fetchAccountSettings</c> returns it and as
/// AktoDivert's live stream (<c>GET /api/agent/settings</c>, server-sent events named <c>settings</c>) repeats it. Every member may be
/// absent.
/// </summary>
public sealed record AccountSettings
{
    /// <summary>Account-wide proxy mode; the mode of patterns that carry none of their own. Absent means true.</summary>
    [JsonPropertyName("switchProxyMode")] public bool? SwitchProxyMode { get; init; }

    /// <summary>
    /// AktoDivert's extension: <c>listed</c>, <c>allExcept</c> or <c>off</c>, as <see cref="Policy.ProxyMode"/>; absent or unknown: as listed.
    /// </summary>
    [JsonPropertyName("proxyMode")] public string? ProxyMode { get; init; }

    /// <summary>Proxy patterns; the key is the pattern's Java string hash and carries no meaning.</summary>
    [JsonPropertyName("matchingPatternsForProxy")] public IReadOnlyDictionary<string, WirePattern>? MatchingPatternsForProxy { get; init; }

    /// <summary>AI domains.</summary>
    [JsonPropertyName("aiDomains")] public IReadOnlyList<string>? AiDomains { get; init; }

    /// <summary>Chatty domains.</summary>
    [JsonPropertyName("chattyDomains")] public IReadOnlyList<string>? ChattyDomains { get; init; }

    /// <summary>AktoDivert's extension: grows with every change; absent from other services.</summary>
    [JsonPropertyName("version")] public long? Version { get; init; }

    /// <summary>AktoDivert's extension: <c>allowlist</c> or <c>all</c>; absent keeps the device's own.</summary>
    [JsonPropertyName("scope")] public string? Scope { get; init; }

    /// <summary>AktoDivert's extension: learned passthroughs that an admin cleared or pinned; absent when none.</summary>
    [JsonPropertyName("learnedOverrides")] public IReadOnlyList<WireLearnedOverride>? LearnedOverrides { get; init; }

    /// <summary>
    /// AktoDivert's extension: the guardrail policies, all of them; an empty list takes away those that came before, absent leaves them.
    /// </summary>
    [JsonPropertyName("guardrails")] public IReadOnlyList<GuardrailPolicy>? Guardrails { get; init; }

    /// <summary>
    /// AktoDivert's extension: what the organisation says about apps, all of it; an empty list takes away what came before, absent leaves it.
    /// </summary>
    [JsonPropertyName("apps")] public IReadOnlyList<WireApp>? Apps { get; init; }
}
