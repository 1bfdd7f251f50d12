using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Capture;

/// <summary>
/// Where captured exchanges wait, as they passed: the hand-over from the traffic's threads, bounded by count and by bytes, drop-oldest. A
/// producer never waits for the worker, and wakes it for many exchanges at once: a wake-up costs more than a record.
/// </summary>
public sealed class ExchangeRing : IExchangeSink, IDisposable
{
    // Few enough for the pool that exchanges come from to hold them all.
    private const int Batch = 32;

    private static readonly TimeSpan BatchAge = TimeSpan.FromMilliseconds(20);

    private readonly Backlog<Exchange> _waiting;
    private readonly AgentCounters _counters;
    private readonly int _batch;
    private readonly long _batchBytes;

    /// <summary>Makes an empty ring; drops are counted as <c>capture.dropped.ring-full</c>.</summary>
    public ExchangeRing(CaptureOptions options, AgentCounters counters)
    {
        _counters = counters;
        _batch = Math.Clamp(options.RingRecords / 2, 1, Batch);
        _batchBytes = options.RingBytes / 16;
        _waiting = new Backlog<Exchange>(options.RingRecords, options.RingBytes, Drop);
    }

    /// <summary>Exchanges waiting.</summary>
    public int Count => _waiting.Count;

    /// <summary>Bytes of their header fields and kept bodies.</summary>
    public long Bytes => _waiting.Bytes;

    /// <inheritdoc />
    public void Complete(Exchange exchange) => _waiting.Add(exchange, SizeOf(exchange));

    /// <summary>Waits until there is a batch to be taken, or something has waited for 20 ms.</summary>
    internal async Task WaitAsync(CancellationToken cancellationToken)
    {
        // Straight after the last batch, in traffic, the next one is on its way: one wake-up, not one for its first exchange and another.
        await _waiting.WaitAsync(_batch, _batchBytes, BatchAge, cancellationToken);
        while (_waiting.Count == 0)
        {
            await _waiting.WaitAsync(1, long.MaxValue, Timeout.InfiniteTimeSpan, cancellationToken);
            await _waiting.WaitAsync(_batch, _batchBytes, BatchAge, cancellationToken);
        }
    }

    /// <summary>Takes the oldest exchange, which the caller then owns.</summary>
    internal bool TryTake(out Exchange exchange) => _waiting.TryTake(out exchange);

    /// <inheritdoc />
    public void Dispose() => _waiting.Dispose();

    private void Drop(Exchange exchange)
    {
        exchange.Release();
        _counters.Add("capture.dropped.ring-full");
    }

    private static long SizeOf(Exchange exchange)
    {
        long bytes = exchange.RequestHeaders.Bytes + exchange.ResponseHeaders.Bytes + exchange.RequestBody.Kept.Length + exchange.ResponseBody.Kept.Length;
        foreach (var message in exchange.Messages)
        {
            bytes += message.Payload.Kept.Length;
        }

        return bytes;
    }
}
