namespace AktoDivert.Lab.Network;

/// <summary>How a server of the lab presents itself in TLS.</summary>
internal enum TlsProfile
{
    /// <summary>TLS 1.2 and 1.3, HTTP/1.1 and HTTP/2, a certificate the pc trusts.</summary>
    Modern,

    /// <summary>HTTP/1.1 only.</summary>
    Http11Only,

    /// <summary>TLS 1.2 only.</summary>
    Tls12Only,

    /// <summary>The certificate ended a month ago.</summary>
    Expired,

    /// <summary>The certificate is another host's.</summary>
    WrongName,

    /// <summary>The certificate is its own issuer.</summary>
    SelfSigned,

    /// <summary>The issuer is in nobody's store.</summary>
    UntrustedIssuer,

    /// <summary>The server asks for a client certificate and goes no further without.</summary>
    ClientCertificate,
}

/// <summary>A name of the lab's internet. Each has addresses of its own, so that original destinations differ.</summary>
/// <param name="Name">The name.</param>
/// <param name="Number">Last number of its IPv4 and IPv6 addresses.</param>
/// <param name="Profile">How it presents itself in TLS.</param>
internal sealed record LabHost(string Name, int Number, TlsProfile Profile = TlsProfile.Modern)
{
    /// <summary>In TEST-NET-3 (RFC 5737): never a real server's.</summary>
    public string Address4 => $"203.0.113.{Number}";

    /// <summary>In the documentation prefix (RFC 3849).</summary>
    public string Address6 => $"2001:db8:113::{Number}";

    public static IReadOnlyList<LabHost> All { get; } =
    [
        new("api.anthropic.com", 10),
        new("api.openai.com", 11),
        new("chatgpt.com", 12),
        new("ab.chatgpt.com", 13),
        new("api.githubcopilot.com", 14),
        new("github.com", 15),
        new("api.github.com", 16),
        new("statsig.anthropic.com", 17),
        new("www.example.org", 18),
        new("claude.ai", 19),
        new("h1.anthropic.com", 30, TlsProfile.Http11Only),
        new("tls12.anthropic.com", 31, TlsProfile.Tls12Only),
        new("expired.anthropic.com", 32, TlsProfile.Expired),
        new("wrongname.anthropic.com", 33, TlsProfile.WrongName),
        new("selfsigned.anthropic.com", 34, TlsProfile.SelfSigned),
        new("untrusted.anthropic.com", 35, TlsProfile.UntrustedIssuer),
        new("mtls.anthropic.com", 36, TlsProfile.ClientCertificate),
    ];

    /// <summary>Address of the name server that knows no name.</summary>
    public const string NameServer = "203.0.113.53";
}
