namespace AktoDivert.Agent.Configuration;

/// <summary><c>proxy</c>: limits of the transparent proxy.</summary>
internal sealed record ProxySection
{
    /// <summary>Connections intercepted at the same time; those beyond are tunnelled. 1 to 1,000,000.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>How long an app may stay silent before its connection is tunnelled. 0.1 to 1 s.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a TLS handshake may take on either side. 1 to 120 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A PEM file of roots trusted upstream besides the system's, for a company's own servers; null for none.</summary>
    public string? ExtraRootsFile { get; init; }
}
