using System.Threading.Channels;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Wire;

namespace AktoDivert.Capture;

/// <summary>One live view's share of a <see cref="RecordFeed"/>.</summary>
public sealed class RecordSubscription : IDisposable
{
    private readonly Channel<IngestRecord> _channel;
    private readonly RecordFeed _feed;
    private readonly long _since;
    private long _dropped;

    internal RecordSubscription(int capacity, long since, RecordFeed feed)
    {
        (_feed, _since) = (feed, since);
        _channel = Channel.CreateBounded<IngestRecord>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = false },
            _ => Interlocked.Increment(ref _dropped));
    }

    /// <summary>Records in the order they were finished; completes after <see cref="Dispose"/>.</summary>
    public ChannelReader<IngestRecord> Records => _channel.Reader;

    /// <summary>Records lost because the view was too slow.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    internal bool Sees(Exchange exchange) => exchange.EndTimestamp >= _since;

    internal void Offer(IngestRecord record) => _channel.Writer.TryWrite(record);

    /// <inheritdoc />
    public void Dispose()
    {
        _feed.Remove(this);
        _channel.Writer.TryComplete();
    }
}
