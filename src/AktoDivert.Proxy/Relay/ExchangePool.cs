using AktoDivert.Core.Exchanges;

namespace AktoDivert.Proxy.Relay;

/// <summary>
/// Reuses exchange objects with their small buffers, so that a call costs no garbage. The last one that came back goes out first, since its
/// memory is still in a cache. Bounded: what does not fit is left to the collector.
/// </summary>
internal sealed class ExchangePool
{
    // As many calls as are under way at a time on a busy machine; each keeps some 7 KB.
    private const int Retained = 512;

    private readonly Lock _gate = new();
    private readonly Stack<Exchange> _free = new();
    private readonly Action<Exchange> _recycle;

    /// <summary>Makes an empty pool.</summary>
    public ExchangePool() => _recycle = Return;

    /// <summary>An empty exchange, which comes back by <see cref="Exchange.Release"/>.</summary>
    public Exchange Rent()
    {
        lock (_gate)
        {
            if (_free.TryPop(out var exchange))
            {
                return exchange;
            }
        }

        return new(_recycle);
    }

    private void Return(Exchange exchange)
    {
        lock (_gate)
        {
            if (_free.Count < Retained)
            {
                _free.Push(exchange);
            }
        }
    }
}
