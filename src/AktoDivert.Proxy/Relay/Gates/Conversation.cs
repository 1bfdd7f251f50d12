namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>One direction of a conversation whose messages are judged one by one.</summary>
/// <param name="reader">Reads its messages.</param>
/// <param name="pass">Passes the oldest bytes, see <see cref="HeldMessages"/>.</param>
internal sealed class Conversation(IMessageReader reader, Action<HeldMessage, ReadOnlyMemory<byte>?> pass) : IDisposable
{
    public IMessageReader Reader => reader;

    /// <summary>What was judged and waits.</summary>
    public HeldMessages Held { get; } = new(reader, pass);

    /// <summary>Whether a message is being judged; what follows waits.</summary>
    public bool Judging { get; set; }

    /// <summary>Timestamp of the last byte.</summary>
    public long Since { get; set; }

    /// <summary>Whether nothing more passes.</summary>
    public bool Closed { get; set; }

    /// <inheritdoc />
    public void Dispose() => reader.Dispose();
}
