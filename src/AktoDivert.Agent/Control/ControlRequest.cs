using System.Text.Json.Serialization;

namespace AktoDivert.Agent.Control;

/// <summary>One line from a command to the agent. <see cref="Op"/> says which members count.</summary>
internal sealed record ControlRequest
{
    /// <summary>A <see cref="ControlOps"/> name.</summary>
    [JsonPropertyName("op")] public string Op { get; init; } = "";

    /// <summary>Process name, path or id; for learned passthroughs the executable's file name.</summary>
    [JsonPropertyName("process")] public string? Process { get; init; }

    /// <summary><c>host[:port][/path]</c>; for learned passthroughs the SNI.</summary>
    [JsonPropertyName("target")] public string? Target { get; init; }

    /// <summary>Pattern or domain.</summary>
    [JsonPropertyName("text")] public string? Text { get; init; }

    /// <summary>Proxy Mode of a pattern: true intercepts, false bypasses.</summary>
    [JsonPropertyName("mode")] public bool? Mode { get; init; }

    /// <summary><c>ai</c> or <c>chatty</c>.</summary>
    [JsonPropertyName("list")] public string? List { get; init; }

    /// <summary>Whether <see cref="ControlOps.Tail"/> sends flows.</summary>
    [JsonPropertyName("flows")] public bool Flows { get; init; }

    /// <summary>Whether <see cref="ControlOps.Tail"/> sends calls.</summary>
    [JsonPropertyName("calls")] public bool Calls { get; init; }

    /// <summary>Whether <see cref="ControlOps.Tail"/> begins with calls of the last minutes that nobody has read.</summary>
    [JsonPropertyName("recent")] public bool Recent { get; init; }
}
