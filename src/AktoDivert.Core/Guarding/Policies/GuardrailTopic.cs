using System.Text.Json.Serialization;

namespace AktoDivert.Core.Guarding.Policies;

/// <summary>A denied topic.</summary>
public sealed record GuardrailTopic
{
    /// <summary>Name, shown with a finding.</summary>
    [JsonPropertyName("name")] public string Name { get; set; } = "";

    /// <summary>Words and phrases of the topic.</summary>
    [JsonPropertyName("keywords")] public IReadOnlyList<string>? Keywords { get; init; }

    /// <summary>Sentences that a denied prompt is similar to.</summary>
    [JsonPropertyName("samples")] public IReadOnlyList<string>? Samples { get; init; }
}
