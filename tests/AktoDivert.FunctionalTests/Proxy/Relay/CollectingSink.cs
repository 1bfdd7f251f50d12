using System.Collections.Concurrent;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.FunctionalTests.Proxy.Relay;

/// <summary>Keeps every exchange for a test to look at.</summary>
internal sealed class CollectingSink : IExchangeSink
{
    public ConcurrentQueue<Exchange> Exchanges { get; } = new();

    public void Complete(Exchange exchange) => Exchanges.Enqueue(exchange);
}
