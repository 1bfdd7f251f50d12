namespace AktoDivert.Guardrails.Extractors;

/// <summary>How a streamed answer is cut into events.</summary>
internal enum StreamFraming
{
    /// <summary>Not a stream: one body.</summary>
    Whole,

    /// <summary>Server-sent events.</summary>
    ServerSentEvents,

    /// <summary>One JSON text a line.</summary>
    Lines,

    /// <summary>One JSON array whose elements are the events.</summary>
    JsonArray,

    /// <summary>Each piece given is an event: a message of a WebSocket or of gRPC.</summary>
    Message,

    /// <summary>As <see cref="Message"/>, where a message may hold several JSON texts, each ended by 0x1e: SignalR.</summary>
    Records,

    /// <summary>AWS event stream: binary messages with checksums.</summary>
    AwsEvents,
}
