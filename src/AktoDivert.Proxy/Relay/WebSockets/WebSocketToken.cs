namespace AktoDivert.Proxy.Relay.WebSockets;

/// <summary>What <see cref="WebSocketFrameReader"/> found next.</summary>
internal enum WebSocketToken
{
    /// <summary>The input is used up.</summary>
    NeedMore,

    /// <summary>A frame header; <see cref="WebSocketFrameReader.Frame"/> is new.</summary>
    FrameStart,

    /// <summary>Part of the payload, unmasked.</summary>
    Payload,

    /// <summary>The frame is over.</summary>
    FrameEnd,

    /// <summary>The frame is not valid. The reader is of no use afterwards.</summary>
    Fault,
}
