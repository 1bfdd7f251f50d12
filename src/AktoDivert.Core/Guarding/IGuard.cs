using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;

namespace AktoDivert.Core.Guarding;

/// <summary>Step 4: judges AI calls. Thread-safe; one instance for all connections.</summary>
public interface IGuard
{
    /// <summary>Whether calls are to be judged even when nobody reads their records: a policy is in force.</summary>
    bool IsWatching => false;

    /// <summary>Raised when <see cref="IsWatching"/> may have become true.</summary>
    event Action? WatchBegan
    {
        add { }
        remove { }
    }

    /// <summary>What is wanted of a connection to this host by this app. Called once per connection, and must be quick.</summary>
    GuardInterest InterestIn(Flow flow);

    /// <summary>
    /// A request's head is known. Null: the exchange passes untouched and is not judged. Called in the order of the requests of a connection;
    /// with <see cref="GuardInterest.Observe"/> after the exchange, from the capture worker.
    /// </summary>
    /// <param name="flow">The connection.</param>
    /// <param name="protocol">
    /// How the exchange is framed. <see cref="ExchangeProtocol.WebSocket"/> for a turn that has already passed; a handshake that is just
    /// being made comes as HTTP, with its upgrade fields.
    /// </param>
    /// <param name="streamId">As in <see cref="Exchange.StreamId"/>.</param>
    /// <param name="request">Pseudo-header and header fields; valid during the call only.</param>
    IExchangeGuard? Begin(Flow flow, ExchangeProtocol protocol, long streamId, HeaderBlock request);
}
