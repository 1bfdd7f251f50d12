using AktoDivert.Core.Diagnostics;

namespace AktoDivert.Capture;

/// <summary>
/// Finished records waiting for upload, in pooled memory, bounded by count and by bytes, drop-oldest. Only the capture worker and the
/// uploader meet here; the traffic's threads end at <see cref="CaptureQueue"/>.
/// </summary>
public sealed class ExchangeRing : IDisposable
{
    private const int SegmentBytes = 64 * 1024;

    private readonly Lock _writing = new();
    private readonly Backlog<SerializedRecord> _records;
    private readonly Action<RecordSegment> _freed;
    private RecordSegment? _segment;
    private RecordSegment? _spare;

    /// <summary>Makes an empty ring; drops are counted as <c>capture.dropped.ring-full</c>.</summary>
    public ExchangeRing(CaptureOptions options, AgentCounters counters)
    {
        _freed = Keep;
        _records = new Backlog<SerializedRecord>(options.RingRecords, options.RingBytes, record =>
        {
            record.Release();
            counters.Add("capture.dropped.ring-full");
        });
    }

    /// <summary>Records waiting.</summary>
    public int Count => _records.Count;

    /// <summary>Bytes waiting.</summary>
    public long Bytes => _records.Bytes;

    /// <summary>Adds a record, which is copied; the oldest ones make room.</summary>
    public void Add(ReadOnlySpan<byte> json)
    {
        SerializedRecord record;
        lock (_writing)
        {
            if (_segment is null || !_segment.TryAdd(json, out record))
            {
                _segment?.Release();
                _segment = Segment(json.Length);
                _segment.TryAdd(json, out record);
            }
        }

        _records.Add(record, record.Length);
    }

    /// <summary>
    /// Takes the oldest records: at most <paramref name="maxCount"/> of together at most <paramref name="maxBytes"/>, but one at least if
    /// there is any. The caller releases each.
    /// </summary>
    public List<SerializedRecord> Take(int maxCount, long maxBytes)
    {
        var taken = new List<SerializedRecord>();
        while (taken.Count < maxCount && _records.TryTake(taken.Count == 0 ? long.MaxValue : maxBytes, out var next, out var bytes))
        {
            maxBytes -= bytes;
            taken.Add(next);
        }

        return taken;
    }

    /// <summary>
    /// Returns when so many records or bytes wait, or after <paramref name="timeout"/> of real time. May return early.
    /// </summary>
    internal Task WaitAsync(int count, long bytes, TimeSpan timeout, CancellationToken cancellationToken) =>
        _records.WaitAsync(count, bytes, timeout, cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _records.Dispose();

    private RecordSegment Segment(int length)
    {
        if (length > SegmentBytes || Interlocked.Exchange(ref _spare, null) is not { } spare)
        {
            return new RecordSegment(Math.Max(length, SegmentBytes), _freed);
        }

        spare.Reuse();
        return spare;
    }

    // One stays at hand: a full ring frees one for each that it fills.
    private void Keep(RecordSegment segment)
    {
        if (segment.Size != SegmentBytes || Interlocked.CompareExchange(ref _spare, segment, null) is not null)
        {
            segment.Return();
        }
    }
}
