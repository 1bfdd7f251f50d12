namespace AktoDivert.Capture;

/// <summary>
/// Finished records waiting for upload, in pooled memory. The worker makes records only while there is room for them; what is not made yet waits
/// in the <see cref="ExchangeRing"/>, where it costs nothing when newer calls take its place.
/// </summary>
/// <param name="records">Enough of them: 1 or more.</param>
/// <param name="bytes">Enough bytes of them: 1 or more.</param>
public sealed class RecordOutbox(int records, long bytes) : IDisposable
{
    private readonly MemorySegments _memory = new();

    // Nothing is dropped: whoever adds asks for room before.
    private readonly Backlog<SerializedRecord> _records = new(int.MaxValue, long.MaxValue, static record => record.Release());

    /// <summary>Raised when records were taken.</summary>
    public event Action? Taken;

    /// <summary>Whether more records are wanted. One that does not fit any more is taken all the same.</summary>
    public bool HasRoom => _records.IsBelow(records, bytes);

    /// <summary>Records waiting.</summary>
    public int Count => _records.Count;

    /// <summary>Bytes waiting.</summary>
    public long Bytes => _records.Bytes;

    /// <summary>Adds a record, which is copied.</summary>
    public void Add(ReadOnlySpan<byte> json)
    {
        var copy = _memory.Take(json.Length, out var segment);
        json.CopyTo(copy.Span);
        _records.Add(new SerializedRecord(copy) { Segment = segment });
    }

    /// <summary>
    /// Takes the oldest records: at most <paramref name="maxCount"/> of together at most <paramref name="maxBytes"/>, but one at least if
    /// there is any. The caller releases each.
    /// </summary>
    /// <param name="taken">Receives them, in place of what it holds.</param>
    /// <param name="maxCount">1 or more.</param>
    /// <param name="maxBytes">Bytes on the wire.</param>
    public void Take(List<SerializedRecord> taken, int maxCount, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(taken);
        taken.Clear();
        while (taken.Count < maxCount && TryTake(taken.Count == 0 ? long.MaxValue : maxBytes, out var next))
        {
            maxBytes -= next.Length;
            taken.Add(next);
        }

        Taken?.Invoke();
    }

    /// <summary>Takes the oldest record if it has at most so many bytes.</summary>
    internal bool TryTake(long maxBytes, out SerializedRecord record) => _records.TryTake(maxBytes, out record);

    /// <summary>
    /// Returns when so many records or bytes wait, or after <paramref name="timeout"/> of real time. May return early.
    /// </summary>
    internal ValueTask<bool> WaitAsync(int count, long bytes, TimeSpan timeout, CancellationToken cancellationToken) =>
        _records.WaitAsync(count, bytes, timeout, cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _records.Dispose();
}
