namespace AktoDivert.Core.Flows;

/// <summary>How the proxy's sockets must be placed so that a redirect engine can tell them from the apps'.</summary>
/// <param name="AnyAddress">
/// Whether the listeners take connections to any of the machine's addresses: reflected packets arrive at the address that the app sent from.
/// The engine keeps real remote hosts out.
/// </param>
/// <param name="FirstUpstreamPort">First local port for connections to original destinations; 0 when any will do.</param>
/// <param name="LastUpstreamPort">Last one; the engine leaves all of them alone without looking.</param>
public sealed record ProxyPlacement(bool AnyAddress, int FirstUpstreamPort, int LastUpstreamPort)
{
    /// <summary>Loopback listeners, and any port upstream.</summary>
    public static ProxyPlacement Loopback { get; } = new(false, 0, 0);

    /// <summary>
    /// For engines that reflect packets. The ports lie below those that Windows gives out by itself (49152 and up); another program's
    /// connection from one of them is only not redirected.
    /// </summary>
    public static ProxyPlacement Reflected { get; } = new(true, 40_000, 44_095);
}
