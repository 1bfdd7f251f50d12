using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>
/// The audit part of a record, understood by AktoDivert's console: who sent it, by which rule it was intercepted, and when.
/// </summary>
public sealed record ExchangeAudit
{
    /// <summary>Unique id of the record; repeated uploads carry the same id, so a server can drop duplicates.</summary>
    [JsonPropertyName("id")] public required string Id { get; init; }

    /// <summary>Device label.</summary>
    [JsonPropertyName("device")] public required string Device { get; init; }

    /// <summary>Login name.</summary>
    [JsonPropertyName("user")] public string User { get; init; } = "";

    /// <summary>Catalogue id of the app.</summary>
    [JsonPropertyName("app")] public string App { get; init; } = "";

    /// <summary>Executable file name.</summary>
    [JsonPropertyName("process")] public string Process { get; init; } = "";

    /// <summary>Executable path.</summary>
    [JsonPropertyName("path")] public string ProcessPath { get; init; } = "";

    /// <summary>Process id.</summary>
    [JsonPropertyName("pid")] public int Pid { get; init; }

    /// <summary>Flow id, unique per agent run.</summary>
    [JsonPropertyName("flow")] public string FlowId { get; init; } = "";

    /// <summary>HTTP/2 stream id or HTTP/1.1 request number.</summary>
    [JsonPropertyName("stream")] public long StreamId { get; init; }

    /// <summary>WebSocket turn, 0 when none.</summary>
    [JsonPropertyName("turn")] public int WebSocketTurn { get; init; }

    /// <summary>SNI.</summary>
    [JsonPropertyName("sni")] public string Sni { get; init; } = "";

    /// <summary>The URL's authority and path: <c>https://host/path?query</c>, secrets in the query scrubbed.</summary>
    [JsonPropertyName("url")] public required string Url { get; init; }

    /// <summary>Original destination as <c>address:port</c>.</summary>
    [JsonPropertyName("dest")] public string Destination { get; init; } = "";

    /// <summary>JA4 of the app's ClientHello.</summary>
    [JsonPropertyName("ja4")] public string Ja4 { get; init; } = "";

    /// <summary>The deciding rule: its step and its text, for example <c>AiDomain anthropic.com</c>.</summary>
    [JsonPropertyName("rule")] public string Rule { get; init; } = "";

    /// <summary>Start, Unix milliseconds.</summary>
    [JsonPropertyName("startMs")] public long StartUnixMilliseconds { get; init; }

    /// <summary>Milliseconds from start to the first response byte; null when none came.</summary>
    [JsonPropertyName("ttfbMs")] public double? TimeToFirstByteMilliseconds { get; init; }

    /// <summary>Milliseconds from start to end.</summary>
    [JsonPropertyName("durationMs")] public double DurationMilliseconds { get; init; }

    /// <summary>Microseconds the proxy itself held the request's head and the response's head, together; null when not measured.</summary>
    [JsonPropertyName("addedUs")] public double? AddedMicroseconds { get; init; }

    /// <summary>Request body bytes on the wire.</summary>
    [JsonPropertyName("reqBytes")] public long RequestBytes { get; init; }

    /// <summary>Response body bytes on the wire.</summary>
    [JsonPropertyName("resBytes")] public long ResponseBytes { get; init; }

    /// <summary>How it ended, an <see cref="Exchanges.ExchangeEnd"/> name.</summary>
    [JsonPropertyName("end")] public string End { get; init; } = "";

    /// <summary>What is missing or was cut; null when complete.</summary>
    [JsonPropertyName("incomplete")] public string? Incomplete { get; init; }

    /// <summary>WebSocket messages of the turn; null for plain HTTP.</summary>
    [JsonPropertyName("messages")] public IReadOnlyList<AuditMessage>? Messages { get; init; }

    /// <summary>The AI call that was recognised in it; null when none was.</summary>
    [JsonPropertyName("ai")] public AuditAiCall? Ai { get; init; }

    /// <summary>What the guardrails made of it; null when no policy applied.</summary>
    [JsonPropertyName("guard")] public AuditGuard? Guard { get; init; }
}
