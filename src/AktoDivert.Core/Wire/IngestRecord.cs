using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>
/// One record of <c>POST /api/ingestData</c> as Akto's data-ingestion service takes it: every field a string, header maps as
/// stringified JSON objects of strings, <see cref="Time"/> in epoch seconds. Fields the consumer reads without a null check are required.
/// </summary>
public sealed record IngestRecord
{
    /// <summary>Path and query.</summary>
    [JsonPropertyName("path")] public required string Path { get; init; }

    /// <summary>Stringified JSON object string to string; <c>host</c> names the collection.</summary>
    [JsonPropertyName("requestHeaders")] public required string RequestHeaders { get; init; }

    /// <summary>Stringified JSON object string to string.</summary>
    [JsonPropertyName("responseHeaders")] public required string ResponseHeaders { get; init; }

    /// <summary>HTTP method, upper case.</summary>
    [JsonPropertyName("method")] public required string Method { get; init; }

    /// <summary>Decoded request body; cut bodies stay valid JSON.</summary>
    [JsonPropertyName("requestPayload")] public required string RequestPayload { get; init; }

    /// <summary>Decoded response body; streams reassembled.</summary>
    [JsonPropertyName("responsePayload")] public required string ResponsePayload { get; init; }

    /// <summary>Login name of the user, as Akto's endpoint clients send it.</summary>
    [JsonPropertyName("ip")] public required string Ip { get; init; }

    /// <summary>Address of the server.</summary>
    [JsonPropertyName("destIp")] public required string DestinationIp { get; init; }

    /// <summary>Epoch seconds as a decimal string: milliseconds overflow at the consumer.</summary>
    [JsonPropertyName("time")] public required string Time { get; init; }

    /// <summary>Status code as a decimal string.</summary>
    [JsonPropertyName("statusCode")] public required string StatusCode { get; init; }

    /// <summary><c>HTTP/1.1</c>, <c>HTTP/2</c> or <c>WEBSOCKET</c>.</summary>
    [JsonPropertyName("type")] public required string Type { get; init; }

    /// <summary>Repeats the status code.</summary>
    [JsonPropertyName("status")] public required string Status { get; init; }

    /// <summary>Always <c>1000000</c> from clients; the token tells the account.</summary>
    [JsonPropertyName("akto_account_id")] public string AccountId { get; init; } = "1000000";

    /// <summary>The device label.</summary>
    [JsonPropertyName("akto_vxlan_id")] public required string VxlanId { get; init; }

    /// <summary>Always <c>false</c>.</summary>
    [JsonPropertyName("is_pending")] public string IsPending { get; init; } = "false";

    /// <summary>Always <c>MIRRORING</c>.</summary>
    [JsonPropertyName("source")] public string Source { get; init; } = "MIRRORING";

    /// <summary><c>2</c>: outbound.</summary>
    [JsonPropertyName("direction")] public string Direction { get; init; } = "2";

    /// <summary>Process id as a decimal string.</summary>
    [JsonPropertyName("process_id")] public string? ProcessId { get; init; }

    /// <summary>Stringified JSON object: <c>gen-ai</c>, <c>ai-agent</c>, <c>source=ENDPOINT</c>.</summary>
    [JsonPropertyName("tag")] public required string Tag { get; init; }

    /// <summary>Stringified <see cref="GuardrailVerdict"/>; null when the guard did not judge the call.</summary>
    [JsonPropertyName("_guardrail")] public string? Guardrail { get; init; }

    /// <summary>What Akto's record has no field for, as an <see cref="ExchangeAudit"/>; services that do not know it ignore it.</summary>
    [JsonPropertyName("aktodivert")] public ExchangeAudit? Audit { get; init; }
}
