namespace AktoDivert.Core.Exchanges;

/// <summary>One WebSocket data message (RFC 6455), unmasked, fragments joined, permessage-deflate (RFC 7692) inflated.</summary>
public sealed class WebSocketMessage
{
    /// <summary>Whether the app sent it.</summary>
    public required bool FromApp { get; init; }

    /// <summary>Whether it is a text message (UTF-8); binary otherwise.</summary>
    public required bool IsText { get; init; }

    /// <summary>When its first frame was seen.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Number among the messages of its side on this WebSocket, from 1; 0 when not known.</summary>
    public int Number { get; init; }

    /// <summary>The payload, cut at the capture limit.</summary>
    public CapturedBody Payload { get; } = new();
}
