namespace AktoDivert.Proxy.Relay;

/// <summary>Why a tap stopped to follow a connection or a WebSocket: every cause there is.</summary>
/// <param name="Slug">Last part of the counter <c>tap.opaque.SLUG</c>.</param>
/// <param name="Text">The same for a person.</param>
internal sealed record OpaqueCause(string Slug, string Text)
{
    public static OpaqueCause NotHttp { get; } = new("not-http", "the first bytes are not an HTTP/1.1 message");

    public static OpaqueCause Http1Syntax { get; } = new("http1-syntax", "an HTTP/1.1 message head is malformed");

    public static OpaqueCause Http1HeadLimit { get; } = new("http1-head-limit", "an HTTP/1.1 head or trailer section exceeds 64 KiB");

    public static OpaqueCause Http1Framing { get; } = new("http1-framing", "an HTTP/1.1 message has conflicting or unknown body framing");

    public static OpaqueCause Http1Chunk { get; } = new("http1-chunk", "an HTTP/1.1 chunk is malformed");

    public static OpaqueCause Http1Unasked { get; } = new("http1-unasked", "an HTTP/1.1 response came without a request");

    public static OpaqueCause Tunnel { get; } = new("tunnel", "HTTP CONNECT made the connection a tunnel");

    public static OpaqueCause Upgrade { get; } = new("upgrade", "the connection was upgraded to a protocol that is not observed");

    public static OpaqueCause OpenLimit { get; } = new("open-limit", "more exchanges are open on the connection than are observed");

    public static OpaqueCause Http2Preface { get; } = new("http2-preface", "the HTTP/2 connection preface is missing");

    public static OpaqueCause Http2Frame { get; } = new("http2-frame", "an HTTP/2 frame breaks the framing rules");

    public static OpaqueCause Http2BlockLimit { get; } = new("http2-block-limit", "an HTTP/2 header block exceeds 256 KiB");

    public static OpaqueCause Hpack { get; } = new("hpack", "an HTTP/2 header block does not decode");

    public static OpaqueCause WebSocketFrame { get; } = new("websocket-frame", "a WebSocket frame breaks the framing rules");

    public static OpaqueCause WebSocketExtension { get; } = new(
        "websocket-extension", "a WebSocket extension other than permessage-deflate is in use");

    public static OpaqueCause WebSocketDeflate { get; } = new("websocket-deflate", "a compressed WebSocket message does not inflate");

    public static OpaqueCause WebSocketInflateLimit { get; } = new(
        "websocket-inflate-limit", "a WebSocket message inflates beyond the limit");

    public static OpaqueCause InternalFault { get; } = new("internal-fault", "a fault of the tap itself");

    /// <summary>Name of the counter.</summary>
    public string Counter { get; } = "tap.opaque." + Slug;
}
