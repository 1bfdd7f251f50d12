using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>A proxy pattern on the wire.</summary>
public sealed record WirePattern
{
    /// <summary>The pattern.</summary>
    [JsonPropertyName("pattern")] public required string Pattern { get; init; }

    /// <summary>E-mail or name of who added it.</summary>
    [JsonPropertyName("addedBy")] public string? AddedBy { get; init; }

    /// <summary>Epoch seconds of the last change.</summary>
    [JsonPropertyName("updatedTs")] public long? UpdatedTs { get; init; }

    /// <summary>AktoDivert's extension: true intercepts, false bypasses; absent: the account's switchProxyMode.</summary>
    [JsonPropertyName("mode")] public bool? Mode { get; init; }
}
