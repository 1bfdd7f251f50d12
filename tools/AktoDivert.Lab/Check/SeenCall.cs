using System.Text.Json.Serialization;

namespace AktoDivert.Lab.Check;

/// <summary>A recorded call as the console's API tells it; members the check does not need are left out.</summary>
internal sealed record SeenCall
{
    [JsonPropertyName("seq")] public long Seq { get; init; }

    [JsonPropertyName("id")] public string Id { get; init; } = "";

    [JsonPropertyName("host")] public string Host { get; init; } = "";

    /// <summary>Path and query.</summary>
    [JsonPropertyName("path")] public string Path { get; init; } = "";

    /// <summary>Executable file name.</summary>
    [JsonPropertyName("process")] public string Process { get; init; } = "";

    /// <summary>The deciding rule, its step first.</summary>
    [JsonPropertyName("rule")] public string Rule { get; init; } = "";
}
