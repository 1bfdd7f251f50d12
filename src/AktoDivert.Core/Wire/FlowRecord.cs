using System.Globalization;
using System.Text.Json.Serialization;
using AktoDivert.Core.Flows;

namespace AktoDivert.Core.Wire;

/// <summary>A flow as <c>tail</c>, the console and other programs see it. Never holds content or command lines.</summary>
public sealed record FlowRecord
{
    /// <summary>Unique while the agent runs; a record with <see cref="Ended"/> repeats the one sent when the flow was decided.</summary>
    [JsonPropertyName("id")] public required string Id { get; init; }

    /// <summary>When it was accepted.</summary>
    [JsonPropertyName("started")] public DateTimeOffset Started { get; init; }

    /// <summary>When it ended; null while it runs.</summary>
    [JsonPropertyName("ended")] public DateTimeOffset? Ended { get; init; }

    /// <summary>Process id.</summary>
    [JsonPropertyName("pid")] public int Pid { get; init; }

    /// <summary>Executable file name.</summary>
    [JsonPropertyName("process")] public string Process { get; init; } = "";

    /// <summary>Executable path.</summary>
    [JsonPropertyName("path")] public string Path { get; init; } = "";

    /// <summary>Catalogue id of the app.</summary>
    [JsonPropertyName("app")] public string App { get; init; } = "";

    /// <summary>Why the process is redirected.</summary>
    [JsonPropertyName("selectedBy")] public string SelectedBy { get; init; } = "";

    /// <summary>SNI, else the destination address.</summary>
    [JsonPropertyName("host")] public string Host { get; init; } = "";

    /// <summary>Original destination as <c>address:port</c>.</summary>
    [JsonPropertyName("destination")] public string Destination { get; init; } = "";

    /// <summary>What the first bytes were, a <see cref="ConnectionClass"/> name.</summary>
    [JsonPropertyName("class")] public string Class { get; init; } = "";

    /// <summary><c>Intercept</c> or <c>Passthrough</c>.</summary>
    [JsonPropertyName("action")] public string Action { get; init; } = "";

    /// <summary>Step of the policy order that decided, a <see cref="Policy.RuleSource"/> name.</summary>
    [JsonPropertyName("source")] public string Source { get; init; } = "";

    /// <summary>The rule's text.</summary>
    [JsonPropertyName("rule")] public string Rule { get; init; } = "";

    /// <summary>The decision in a sentence.</summary>
    [JsonPropertyName("reason")] public string Reason { get; init; } = "";

    /// <summary>Agreed application protocol; null when not intercepted.</summary>
    [JsonPropertyName("protocol")] public string? Protocol { get; init; }

    /// <summary>JA4 of the ClientHello.</summary>
    [JsonPropertyName("ja4")] public string? Ja4 { get; init; }

    /// <summary>Whether the ClientHello carried encrypted_client_hello.</summary>
    [JsonPropertyName("ech")] public bool Ech { get; init; }

    /// <summary>Bytes from the app.</summary>
    [JsonPropertyName("bytesUp")] public long BytesUp { get; init; }

    /// <summary>Bytes from the server.</summary>
    [JsonPropertyName("bytesDown")] public long BytesDown { get; init; }

    /// <summary>Why it ended, a <see cref="Diagnostics.ConnectionEndReason"/> name; null while it runs.</summary>
    [JsonPropertyName("end")] public string? End { get; init; }

    /// <summary>More about the end.</summary>
    [JsonPropertyName("endDetail")] public string? EndDetail { get; init; }

    /// <summary>Why observing stopped although bytes still pass.</summary>
    [JsonPropertyName("opaque")] public string? Opaque { get; init; }

    /// <summary>The record of a flow as it is now.</summary>
    public static FlowRecord Of(Flow flow) => new()
    {
        Id = flow.Id.ToString(CultureInfo.InvariantCulture),
        Started = flow.Started,
        Ended = flow.Ended,
        Pid = flow.Process.Pid,
        Process = flow.Process.Name,
        Path = flow.Process.Path,
        App = flow.Process.AppId,
        SelectedBy = flow.Process.SelectedBy,
        Host = flow.Host,
        Destination = flow.Destination.ToString(),
        Class = flow.Class.ToString(),
        Action = flow.Decision?.Action.ToString() ?? "",
        Source = flow.Decision?.Source.ToString() ?? "",
        Rule = flow.Decision?.Rule ?? "",
        Reason = flow.Decision?.Reason ?? "",
        Protocol = flow.NegotiatedProtocol,
        Ja4 = flow.ClientHello?.Ja4,
        Ech = flow.ClientHello?.HasEch ?? false,
        BytesUp = flow.BytesUp,
        BytesDown = flow.BytesDown,
        End = flow.EndReason?.ToString(),
        EndDetail = flow.EndDetail,
        Opaque = flow.OpaqueReason,
    };
}
