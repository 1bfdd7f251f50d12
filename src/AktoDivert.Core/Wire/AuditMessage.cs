using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>One WebSocket message in an <see cref="ExchangeAudit"/>.</summary>
/// <param name="FromApp">Whether the app sent it.</param>
/// <param name="Text">Its text, scrubbed and cut like a body; binary messages as base64 with the prefix <c>base64:</c>.</param>
/// <param name="UnixMilliseconds">When its first frame was seen.</param>
public sealed record AuditMessage(
    [property: JsonPropertyName("up")] bool FromApp,
    [property: JsonPropertyName("text")] string Text,
    [property: JsonPropertyName("ms")] long UnixMilliseconds);
