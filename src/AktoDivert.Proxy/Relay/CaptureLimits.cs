namespace AktoDivert.Proxy.Relay;

/// <summary>How much the taps keep. What passes beyond a limit is counted and not kept; traffic itself has no limit.</summary>
public sealed record CaptureLimits
{
    /// <summary>Most bytes kept of a request body, as on the wire. 0 to 64 MiB.</summary>
    public int RequestBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Most bytes kept of a response body, as on the wire. 0 to 64 MiB.</summary>
    public int ResponseBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Most bytes kept of one WebSocket message, after inflating. 0 to 64 MiB.</summary>
    public int WebSocketMessageBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Most bytes that one compressed WebSocket message may inflate to. A larger one ends the observing of its WebSocket: inflating costs
    /// CPU on the traffic's thread, and deflate makes up to a thousand bytes of one.
    /// </summary>
    public int InflatedMessageBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// Most HTTP/2 streams, or pipelined HTTP/1.1 requests, open at once on a connection. A connection with more turns opaque.
    /// </summary>
    public int MaxOpenStreams { get; init; } = 1024;
}
