namespace AktoDivert.Core.Exchanges;

/// <summary>Step 5: takes finished exchanges. Called on the traffic's threads.</summary>
public interface IExchangeSink
{
    /// <summary>
    /// Takes ownership of <paramref name="exchange"/>. Must return at once whatever the state of the consumer: when there is no room
    /// something is dropped and counted, never waited for.
    /// </summary>
    void Complete(Exchange exchange);
}
