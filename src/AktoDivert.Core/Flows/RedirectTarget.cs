namespace AktoDivert.Core.Flows;

/// <summary>Where redirected connections go, and which ones are meant.</summary>
/// <param name="PortV4">Port of the IPv4 listener (see <see cref="ProxyPlacement"/> for its address).</param>
/// <param name="PortV6">Port of the IPv6 listener, or 0 when the machine has no IPv6 loopback: IPv6 flows then go direct,
/// counted.</param>
/// <param name="Ports">Destination TCP ports to redirect, usually 443 alone; 1 to 16 of them.</param>
/// <param name="DenyQuic">Whether UDP to these ports is refused at once for selected processes, so that apps fall back to TCP.</param>
/// <param name="HeartbeatTimeout">After this time without <see cref="IFlowRedirector.Beat"/> new connections go direct. 1 to 60
/// seconds.</param>
/// <param name="DirectFlows">Sees connections that go direct by <see cref="IFlowRedirector.DirectRoutes"/>; null when none shall.</param>
public sealed record RedirectTarget(
    int PortV4, int PortV6, IReadOnlyList<int> Ports, bool DenyQuic, TimeSpan HeartbeatTimeout, IDirectFlowObserver? DirectFlows = null);
