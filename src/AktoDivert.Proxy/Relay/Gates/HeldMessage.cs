namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>The next piece of a conversation: bytes that just pass, or a message to be judged first.</summary>
/// <param name="WireBytes">Bytes of it on the wire, framing included.</param>
internal readonly record struct HeldMessage(int WireBytes)
{
    /// <summary>Whether it is to be judged.</summary>
    public bool Judge { get; init; }

    /// <summary>Whether it is the rest of a message whose beginning was blocked.</summary>
    public bool Drop { get; init; }

    /// <summary>The message without framing, mask and compression; empty when it is not judged.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Whether it is a WebSocket text message.</summary>
    public bool IsText { get; init; }

    /// <summary>Whether it was compressed.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>Whether it is whole and could be read; only then it can be replaced.</summary>
    public bool Complete { get; init; }

    /// <summary>Whether a message ends with it.</summary>
    public bool EndsMessage { get; init; }

    /// <summary>Number among the messages of its side, from 1.</summary>
    public int Number { get; init; }
}
