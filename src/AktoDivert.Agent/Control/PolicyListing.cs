using System.Text.Json.Serialization;
using AktoDivert.Agent.Policy;
using AktoDivert.Core.Policy;

namespace AktoDivert.Agent.Control;

/// <summary>The policy in force, for lists.</summary>
internal sealed record PolicyListing
{
    /// <summary>Settings version of the console; 0 without one.</summary>
    [JsonPropertyName("version")] public long Version { get; init; }

    /// <summary>The strongest layer that says something.</summary>
    [JsonPropertyName("origin")] public string Origin { get; init; } = "";

    /// <summary>Proxy Patterns.</summary>
    [JsonPropertyName("patterns")] public IReadOnlyList<ProxyPattern> Patterns { get; init; } = [];

    /// <summary>AI domains.</summary>
    [JsonPropertyName("ai")] public IReadOnlyList<string> Ai { get; init; } = [];

    /// <summary>Chatty domains.</summary>
    [JsonPropertyName("chatty")] public IReadOnlyList<string> Chatty { get; init; } = [];

    /// <summary>Learned passthroughs.</summary>
    [JsonPropertyName("learned")] public IReadOnlyList<LearnedPassthrough> Learned { get; init; } = [];

    /// <summary>Entries left out because they do not parse.</summary>
    [JsonPropertyName("errors")] public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>Lists what a store has in force.</summary>
    public static PolicyListing Of(PolicyStore store)
    {
        var settings = store.Provider.Current.Settings;
        return new PolicyListing
        {
            Version = settings.Version,
            Origin = store.Origin,
            Patterns = settings.Patterns,
            Ai = settings.AiDomains,
            Chatty = settings.ChattyDomains,
            Learned = store.Provider.Learned.Entries(),
            Errors = store.Errors,
        };
    }
}
