using System.Text.Json.Serialization;
using AktoDivert.Agent.Explaining;
using AktoDivert.Agent.Hosting;
using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.Control;

/// <summary>One line from the agent to a command.</summary>
internal sealed record ControlResponse
{
    /// <summary>Done, with nothing to tell.</summary>
    public static ControlResponse Done { get; } = new() { Ok = true };

    /// <summary>Whether it was done.</summary>
    [JsonPropertyName("ok")] public bool Ok { get; init; }

    /// <summary>Why not, for a person.</summary>
    [JsonPropertyName("error")] public string? Error { get; init; }

    /// <summary>Done, but without the effect that a person would expect; how to get it.</summary>
    [JsonPropertyName("warning")] public string? Warning { get; init; }

    /// <summary>State of the agent.</summary>
    [JsonPropertyName("status")] public StatusReport? Status { get; init; }

    /// <summary>A decision with its reasons.</summary>
    [JsonPropertyName("explanation")] public Explanation? Explanation { get; init; }

    /// <summary>The policy in force.</summary>
    [JsonPropertyName("policy")] public PolicyListing? Policy { get; init; }

    /// <summary>The last flows.</summary>
    [JsonPropertyName("flows")] public IReadOnlyList<FlowRecord>? Flows { get; init; }

    /// <summary>A flow that was just decided, or just ended.</summary>
    [JsonPropertyName("flow")] public FlowRecord? Flow { get; init; }

    /// <summary>A call that was just recorded.</summary>
    [JsonPropertyName("call")] public IngestRecord? Call { get; init; }

    /// <summary>Refuses, with the reason.</summary>
    public static ControlResponse Refuse(string error) => new() { Error = error };

    /// <summary>Done, unless there is a reason why not.</summary>
    public static ControlResponse DoneUnless(string? error) => error is null ? Done : Refuse(error);
}
