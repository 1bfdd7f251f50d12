namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>One direction of a conversation whose messages are judged one by one.</summary>
internal sealed class Conversation(IMessageReader reader) : IDisposable
{
    public IMessageReader Reader => reader;

    /// <summary>Whether a message is being judged; what follows waits.</summary>
    public bool Judging { get; set; }

    /// <summary>Timestamp of the last byte.</summary>
    public long Since { get; set; }

    /// <summary>Whether nothing more passes.</summary>
    public bool Closed { get; set; }

    /// <inheritdoc />
    public void Dispose() => reader.Dispose();
}
