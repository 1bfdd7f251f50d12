using AktoDivert.Core.Exchanges;
using Microsoft.Extensions.ObjectPool;

namespace AktoDivert.Proxy.Relay;

/// <summary>
/// Reuses exchange objects with their small buffers, so that a call costs no garbage. Bounded: what does not fit is left to the collector.
/// </summary>
internal sealed class ExchangePool : PooledObjectPolicy<Exchange>
{
    // As many as wait while others keep the worker from a core for some ten milliseconds; each keeps some 7 KB.
    private const int Retained = 512;

    private readonly DefaultObjectPool<Exchange> _pool;
    private readonly Action<Exchange> _recycle;

    public ExchangePool()
    {
        _pool = new DefaultObjectPool<Exchange>(this, Retained);
        _recycle = _pool.Return;
    }

    public Exchange Rent() => _pool.Get();

    public override Exchange Create() => new(_recycle);

    public override bool Return(Exchange obj) => true;
}
