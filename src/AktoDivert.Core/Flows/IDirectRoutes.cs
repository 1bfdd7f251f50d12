using System.Net;
using AktoDivert.Core.Policy;

namespace AktoDivert.Core.Flows;

/// <summary>
/// Destinations whose connections go direct. An address serves many hosts, so the engine reads what each such connection sends first, before it
/// leaves: a ClientHello for a host that is intercepted, or one that cannot be read, never reaches the server. The connection is reset, and
/// told to the <see cref="IDirectFlowObserver"/>. Safe from any thread.
/// </summary>
public interface IDirectRoutes
{
    /// <summary>
    /// Withdraws all destinations, and holds the connections to those that are allowed from now on to hosts outside <paramref name="intercepted"/>.
    /// A connection that is being made now is still held to what was in force when it was made. Until the first call nothing is allowed.
    /// </summary>
    /// <returns>False when there is no room for so many; nothing is allowed then until the next call.</returns>
    bool Hold(IReadOnlyCollection<HostArea> intercepted);

    /// <summary>Lets connections to a destination go direct, from now on and for a time.</summary>
    /// <returns>False when there is no room, or nothing may be allowed; nothing changed then.</returns>
    bool Allow(IPEndPoint destination, TimeSpan time);

    /// <summary>Has new connections to a destination redirected again.</summary>
    void Withdraw(IPEndPoint destination);
}
