using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>
/// Answer to <c>GET /api/agent/update</c>: the version that the organisation wants on the device that asks. Neither side installs it. What is null on the
/// wire is as if it were absent.
/// </summary>
public sealed record WantedVersion
{
    /// <summary>Name of the device's update ring.</summary>
    [JsonPropertyName("ring")] public string Ring { get; init => field = value ?? ""; } = "";

    /// <summary>The version, as agents say their own: <c>1.2.0</c>; empty when any will do.</summary>
    [JsonPropertyName("version")] public string Version { get; init => field = value ?? ""; } = "";
}
