namespace AktoDivert.Proxy.Relay.Http2;

/// <summary>What <see cref="Http2FrameReader"/> found next.</summary>
internal enum Http2Token
{
    /// <summary>The input is used up.</summary>
    NeedMore,

    /// <summary>A frame header; <see cref="Http2FrameReader.Frame"/> is new.</summary>
    FrameStart,

    /// <summary>Part of the frame's payload, without padding.</summary>
    Content,

    /// <summary>The frame is over, padding included.</summary>
    FrameEnd,

    /// <summary>The padding does not fit the frame. The reader is of no use afterwards.</summary>
    Fault,
}
