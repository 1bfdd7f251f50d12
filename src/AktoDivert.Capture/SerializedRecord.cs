namespace AktoDivert.Capture;

/// <summary>A finished record as it goes over the wire: serialised once, measured by what is sent.</summary>
/// <param name="Json">The record's JSON object in UTF-8. Not to be read after <see cref="Release"/>.</param>
public readonly record struct SerializedRecord(ReadOnlyMemory<byte> Json) : IBacklogEntry
{
    /// <summary>Bytes on the wire.</summary>
    public int Length => Json.Length;

    int IBacklogEntry.Bytes => Length;

    /// <summary>The pooled memory it stands in; null when it has its own.</summary>
    internal MemorySegment? Segment { get; init; }

    /// <summary>Gives its memory back. Whoever took it from the outbox calls this once, when it is sent, spooled or dropped.</summary>
    internal void Release() => Segment?.Release();
}
