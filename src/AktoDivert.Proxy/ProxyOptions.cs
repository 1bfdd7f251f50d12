using System.Security.Cryptography.X509Certificates;
using AktoDivert.Proxy.Relay;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Proxy;

/// <summary>Limits and settings of the transparent proxy.</summary>
public sealed record ProxyOptions
{
    /// <summary>Port of the listener on 127.0.0.1; 0 lets the system choose.</summary>
    public int PortV4 { get; init; }

    /// <summary>Port of the listener on ::1; 0 lets the system choose.</summary>
    public int PortV6 { get; init; }

    /// <summary>How long an app may stay silent before its flow is tunnelled, up to 1 s.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a ClientHello may take from its first byte.</summary>
    public TimeSpan ClientHelloTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the original destination may take to accept a TCP connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long each TLS handshake may take.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Connections beyond this number are tunnelled without interception.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>How often the proxy proves to the redirect engine that it answers.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether connections to destinations where nothing is likely to be intercepted go direct, if the redirect engine can.</summary>
    public bool DirectDestinations { get; init; }

    /// <summary>How long running connections may go on after <see cref="TransparentProxy.StopAsync"/> before they are reset.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How much of each exchange is kept for the record. Traffic itself has no limit.</summary>
    public CaptureLimits CaptureLimits { get; init; } = new();

    /// <summary>Limits of the gates on connections whose policy enforces.</summary>
    public GateOptions Gate { get; init; } = new();

    /// <summary>Roots that servers may have besides those of the system store: an enterprise's own, a lab's.</summary>
    public X509Certificate2Collection ExtraRoots { get; init; } = [];
}
