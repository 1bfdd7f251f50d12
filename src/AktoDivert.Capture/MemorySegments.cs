namespace AktoDivert.Capture;

/// <summary>Hands out pieces of <see cref="MemorySegment"/>s, one after the other. Thread-safe.</summary>
internal sealed class MemorySegments
{
    private const int SegmentBytes = 64 * 1024;

    private readonly Lock _taking = new();
    private readonly Action<MemorySegment> _freed;
    private MemorySegment? _current;
    private MemorySegment? _spare;

    /// <summary>Makes it without any memory yet.</summary>
    public MemorySegments() => _freed = Keep;

    /// <summary>Takes a piece of so many bytes, 0 or more; it holds what it held before.</summary>
    /// <param name="length">Bytes.</param>
    /// <param name="segment">Release it once, when the piece is not needed any more.</param>
    public Memory<byte> Take(int length, out MemorySegment segment)
    {
        lock (_taking)
        {
            if (_current is null || !_current.TryTake(length, out var piece))
            {
                _current?.Release();
                _current = Next(length);
                _current.TryTake(length, out piece);
            }

            segment = _current;
            return piece;
        }
    }

    private MemorySegment Next(int length)
    {
        if (length > SegmentBytes || Interlocked.Exchange(ref _spare, null) is not { } spare)
        {
            return new MemorySegment(Math.Max(length, SegmentBytes), _freed);
        }

        spare.Reuse();
        return spare;
    }

    // One stays at hand: in traffic one is freed for each that is filled.
    private void Keep(MemorySegment segment)
    {
        if (segment.Size != SegmentBytes || Interlocked.CompareExchange(ref _spare, segment, null) is not null)
        {
            segment.Return();
        }
    }
}
