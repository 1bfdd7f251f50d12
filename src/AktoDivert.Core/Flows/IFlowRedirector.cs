using System.Net.Sockets;
using AktoDivert.Core.Processes;

namespace AktoDivert.Core.Flows;

/// <summary>
/// Step 1: brings outbound connections of selected processes to the local listener. An engine fails open: when it cannot work,
/// connections go direct, and <see cref="Health"/> says why.
/// </summary>
public interface IFlowRedirector : IAsyncDisposable
{
    /// <summary>The engine's name as shown to people: <c>ebpf</c>, <c>tun</c>, <c>windivert</c>.</summary>
    string Engine { get; }

    /// <summary>Whether flows are redirected now, and if not, the reason and the fix.</summary>
    RedirectorHealth Health { get; }

    /// <summary>Where the proxy has to listen and dial from for this engine; the same for the engine's whole life.</summary>
    ProxyPlacement Placement => ProxyPlacement.Loopback;

    /// <summary>
    /// Destinations whose connections need not be redirected; null while the engine is not active, cannot hold connections to the hosts that
    /// they are for, or was not asked to.
    /// </summary>
    IDirectRoutes? DirectRoutes => null;

    /// <summary>
    /// Starts to redirect to <paramref name="target"/>. Never throws for a missing kernel feature or capability: it returns with
    /// <see cref="Health"/> set to <see cref="RedirectorState.Unavailable"/>, and may be called again.
    /// </summary>
    ValueTask StartAsync(RedirectTarget target, CancellationToken cancellationToken);

    /// <summary>Puts another process selection in force, for connections made from now on. Safe at any time, from any thread.</summary>
    void Select(ProcessSelection selection);

    /// <summary>
    /// The flow behind a connection that the listener accepted, or null when it was not redirected by this engine (counted as an orphan).
    /// </summary>
    RedirectedFlow? Resolve(Socket accepted);

    /// <summary>
    /// Tells the kernel side that the listener answers. Without a beat for <see cref="RedirectTarget.HeartbeatTimeout"/> the engine
    /// stops redirecting by itself, so that a stopped or hung agent never holds up an app.
    /// </summary>
    void Beat();

    /// <summary>Counters since the start of the engine.</summary>
    RedirectCounters ReadCounters();
}
