using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Capture;

/// <summary>
/// Where captured exchanges wait, as they passed: the hand-over from the traffic's threads, in pooled memory, bounded by count and by bytes,
/// drop-oldest. A producer never waits for the worker, and wakes it for many exchanges at once: a wake-up costs more than a record.
/// </summary>
public sealed class ExchangeRing : IExchangeSink, IDisposable
{
    private const int Batch = 128;

    private static readonly TimeSpan BatchAge = TimeSpan.FromMilliseconds(20);

    private readonly MemorySegments _memory = new();
    private readonly Backlog<PackedExchange> _waiting;
    private readonly AgentCounters _counters;
    private readonly int _batch;
    private readonly long _batchBytes;
    private readonly Action<Exchange> _keep;
    private Exchange? _unpacked;

    /// <summary>Makes an empty ring; drops are counted as <c>capture.dropped.ring-full</c>.</summary>
    public ExchangeRing(CaptureOptions options, AgentCounters counters)
    {
        _counters = counters;
        _batch = Math.Clamp(options.RingRecords / 2, 1, Batch);
        _batchBytes = options.RingBytes / 16;
        _keep = exchange => _unpacked = exchange;
        _waiting = new Backlog<PackedExchange>(options.RingRecords, options.RingBytes, Drop);
    }

    /// <summary>Exchanges waiting.</summary>
    public int Count => _waiting.Count;

    /// <summary>Bytes of their header fields, bodies and messages.</summary>
    public long Bytes => _waiting.Bytes;

    /// <inheritdoc />
    public void Complete(Exchange exchange)
    {
        _waiting.Add(new PackedExchange(exchange, _memory));
    }

    /// <summary>Waits until there is a batch to be taken, or something has waited for 20 ms.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        // Straight after the last batch, in traffic, the next one is on its way: one wake-up, not one for its first exchange and another.
        await _waiting.WaitAsync(_batch, _batchBytes, BatchAge, cancellationToken);
        while (_waiting.Count == 0)
        {
            await _waiting.WaitAsync(1, long.MaxValue, Timeout.InfiniteTimeSpan, cancellationToken);
            await _waiting.WaitAsync(_batch, _batchBytes, BatchAge, cancellationToken);
        }
    }

    /// <summary>Drops what ended before <paramref name="timestamp"/>, counted as <c>capture.dropped.unread</c>.</summary>
    internal void DropBefore(long timestamp)
    {
        while (_waiting.TryTakeIf(waiting => waiting.EndTimestamp < timestamp, out var unread))
        {
            unread.Release();
            _counters.Add("capture.dropped.unread");
        }
    }

    /// <summary>Takes the oldest exchange, which the caller then owns.</summary>
    internal bool TryTake([NotNullWhen(true)] out Exchange? exchange)
    {
        if (!_waiting.TryTake(out var packed))
        {
            exchange = null;
            return false;
        }

        // One taker, which has released the exchange before when it asks for the next.
        exchange = packed.Whole ?? packed.Unpack(Interlocked.Exchange(ref _unpacked, null) ?? new Exchange(_keep));
        return true;
    }

    /// <inheritdoc />
    public void Dispose() => _waiting.Dispose();

    private void Drop(PackedExchange oldest)
    {
        oldest.Release();
        _counters.Add("capture.dropped.ring-full");
    }
}
