using System.Text.Json.Serialization;

namespace AktoDivert.Core.Guarding.Policies;

/// <summary>Whose calls a policy judges: every list that is not empty has to match. Text compares without case.</summary>
public sealed record GuardrailScope
{
    /// <summary>Catalogue ids of apps (<c>claude-code</c>).</summary>
    [JsonPropertyName("apps")] public IReadOnlyList<string>? Apps { get; init; }

    /// <summary>File names of executables; <c>*</c> stands for any text.</summary>
    [JsonPropertyName("processes")] public IReadOnlyList<string>? Processes { get; init; }

    /// <summary>Login names; <c>*</c> stands for any text.</summary>
    [JsonPropertyName("users")] public IReadOnlyList<string>? Users { get; init; }

    /// <summary>Device labels; <c>*</c> stands for any text.</summary>
    [JsonPropertyName("devices")] public IReadOnlyList<string>? Devices { get; init; }

    /// <summary>Tags of devices, any one of them.</summary>
    [JsonPropertyName("tags")] public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Domains with their subdomains, or host patterns.</summary>
    [JsonPropertyName("domains")] public IReadOnlyList<string>? Domains { get; init; }

    /// <summary><c>request</c>, <c>response</c> or <c>both</c> (the default).</summary>
    [JsonPropertyName("direction")] public string Direction { get; set; } = "both";
}
