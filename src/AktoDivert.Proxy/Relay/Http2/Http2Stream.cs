using AktoDivert.Core.Exchanges;
using AktoDivert.Proxy.Relay.WebSockets;

namespace AktoDivert.Proxy.Relay.Http2;

/// <summary>One open stream. Reused by its connection.</summary>
internal sealed class Http2Stream
{
    public int Id { get; set; }

    /// <summary>The exchange being filled; null once it was given away at the start of a WebSocket.</summary>
    public Exchange? Exchange { get; set; }

    /// <summary>Observes DATA after a WebSocket handshake by extended CONNECT (RFC 8441); null otherwise or when it gave up.</summary>
    public WebSocketObserver? WebSocket { get; set; }

    public bool RequestEnded { get; set; }

    public bool ResponseStarted { get; set; }

    public bool ResponseEnded { get; set; }

    public void Clear()
    {
        (Id, Exchange, WebSocket) = (0, null, null);
        RequestEnded = ResponseStarted = ResponseEnded = false;
    }
}
