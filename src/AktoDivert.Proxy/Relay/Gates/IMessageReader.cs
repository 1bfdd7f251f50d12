namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>Cuts one direction of a conversation into messages, and frames a message that was changed.</summary>
internal interface IMessageReader : IDisposable
{
    /// <summary>Whether what was read last ended a message, so that one of ours may follow.</summary>
    bool IsBetweenMessages { get; }

    /// <summary>Takes bytes as on the wire. <see cref="GateException"/> when they break the framing.</summary>
    void Append(ReadOnlySpan<byte> wire);

    /// <summary>The next piece that is whole; false when more bytes are needed.</summary>
    bool TryRead(out HeldMessage next);

    /// <summary>What there is of the message begun, to be judged by its beginning; its rest passes. False when there is none.</summary>
    bool TryGiveUp(out HeldMessage next);

    /// <summary>Frames a replacement of a message.</summary>
    ReadOnlyMemory<byte> Replace(in HeldMessage message, ReadOnlySpan<byte> replacement);

    /// <summary>How a message that passes must be framed; null when it goes as it came.</summary>
    ReadOnlyMemory<byte>? Reframe(in HeldMessage message);

    /// <summary>The message read last does not pass, nor does its rest.</summary>
    void Withhold();
}
