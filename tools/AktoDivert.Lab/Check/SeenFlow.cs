using System.Text.Json.Serialization;

namespace AktoDivert.Lab.Check;

/// <summary>A flow as the agent's control socket tells it; members the check does not need are left out.</summary>
internal sealed record SeenFlow
{
    [JsonPropertyName("started")] public DateTimeOffset Started { get; init; }

    /// <summary>Executable file name.</summary>
    [JsonPropertyName("process")] public string Process { get; init; } = "";

    /// <summary>SNI, else the destination address.</summary>
    [JsonPropertyName("host")] public string Host { get; init; } = "";

    /// <summary><c>Intercept</c> or <c>Passthrough</c>.</summary>
    [JsonPropertyName("action")] public string Action { get; init; } = "";

    /// <summary>Name of the step of the policy order that decided.</summary>
    [JsonPropertyName("source")] public string Source { get; init; } = "";

    /// <summary>The rule's text.</summary>
    [JsonPropertyName("rule")] public string Rule { get; init; } = "";

    public string Decision => $"{Action}, {$"{Source} {Rule}".TrimEnd()}";
}
