using AktoDivert.Core.Exchanges;

namespace AktoDivert.Proxy.Relay;

/// <summary>
/// Measures what the proxy adds to the exchanges of one connection: from the end of a read until its bytes are written on. An exchange
/// whose head is in such a read is held until the write is done, so that one that is over within a single read has its figure too.
/// Not thread-safe, but for <see cref="Awaits"/>: the tap's lock covers it.
/// </summary>
internal sealed class ForwardTimes(IExchangeSink sink, TimeProvider time)
{
    private readonly List<Exchange>[] _awaiting = [[], []];
    private readonly long[] _readAt = new long[2];
    private RelayDirection _current;

    /// <summary>Whether <see cref="Forwarded"/> is due. For the pump of that direction, between its own calls, without a lock.</summary>
    public bool Awaits(RelayDirection direction) => _awaiting[(int)direction].Count > 0;

    /// <summary>A read ended at <paramref name="timestamp"/> and is about to be observed.</summary>
    public void BeginRead(RelayDirection direction, long timestamp)
    {
        _current = direction;
        _readAt[(int)direction] = timestamp;
    }

    /// <summary>A new exchange: the tap's own hold on it ends with <see cref="LetGo"/>.</summary>
    public static void Hold(Exchange exchange) => exchange.Holds = 1;

    /// <summary>What the read being observed waits for its write is the exchange's too.</summary>
    public void HoldForCurrentRead(Exchange exchange)
    {
        exchange.Holds++;
        _awaiting[(int)_current].Add(exchange);
    }

    /// <summary>Ends one hold; the last one gives the exchange to the sink.</summary>
    public void LetGo(Exchange exchange)
    {
        if (--exchange.Holds == 0)
        {
            sink.Complete(exchange);
        }
    }

    /// <summary>The last read of a direction is written on.</summary>
    public void Forwarded(RelayDirection direction) => LetGoAll(direction, time.GetTimestamp() - _readAt[(int)direction]);

    /// <summary>No write will be reported any more.</summary>
    public void End()
    {
        LetGoAll(RelayDirection.Up, 0);
        LetGoAll(RelayDirection.Down, 0);
    }

    /// <summary>Forgets every exchange.</summary>
    public void Abandon() => Array.ForEach(_awaiting, static exchanges => exchanges.Clear());

    private void LetGoAll(RelayDirection direction, long ticks)
    {
        var exchanges = _awaiting[(int)direction];
        foreach (var exchange in exchanges)
        {
            exchange.AddedTicks += ticks;
            LetGo(exchange);
        }

        exchanges.Clear();
    }
}
