namespace AktoDivert.Core.Guarding;

/// <summary>
/// What the app gets in place of what was blocked, in the shape of the API it speaks. Which part is used depends on how far the exchange
/// is: a response with status, or the end of one that runs, or a WebSocket message.
/// </summary>
public sealed record BlockAnswer
{
    /// <summary>Status of a response that has not begun: 200 to 599.</summary>
    public int Status { get; init; } = 400;

    /// <summary>
    /// Header fields of that response, names in lower case, without content-length, transfer-encoding and connection, which the gate sets.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Its body; empty for none (over HTTP/2 a gRPC answer is then one block of fields).</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// Last bytes of a response that has begun, for example an SSE error event; empty: the response is cut off. Ignored where the response has
    /// a content-length, which only cutting off can end.
    /// </summary>
    public ReadOnlyMemory<byte> StreamTail { get; init; }

    /// <summary>Text of the WebSocket message sent to the app in place of what was blocked; null for none.</summary>
    public ReadOnlyMemory<byte>? Message { get; init; }

    /// <summary>WebSocket close code (RFC 6455 section 7.4); null keeps the connection open, so that only the one message is lost.</summary>
    public int? CloseCode { get; init; }

    /// <summary>WebSocket close reason: at most 123 bytes of UTF-8.</summary>
    public string CloseReason { get; init; } = "";
}
