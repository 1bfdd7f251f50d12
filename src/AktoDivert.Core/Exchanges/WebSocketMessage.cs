namespace AktoDivert.Core.Exchanges;

/// <summary>One WebSocket data message (RFC 6455), unmasked, fragments joined, permessage-deflate (RFC 7692) inflated.</summary>
public sealed class WebSocketMessage
{
    /// <summary>Whether the app sent it.</summary>
    public bool FromApp { get; set; }

    /// <summary>Whether it is a text message (UTF-8); binary otherwise.</summary>
    public bool IsText { get; set; }

    /// <summary>When its first frame was seen.</summary>
    public DateTimeOffset Time { get; set; }

    /// <summary>Number among the messages of its side on this WebSocket, from 1; 0 when not known.</summary>
    public int Number { get; set; }

    /// <summary>The payload, cut at the capture limit.</summary>
    public CapturedBody Payload { get; } = new();

    /// <summary>Becomes another message, which is left without payload.</summary>
    public void TakeFrom(WebSocketMessage other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (FromApp, IsText, Time, Number) = (other.FromApp, other.IsText, other.Time, other.Number);
        Payload.TakeFrom(other.Payload);
    }
}
