namespace AktoDivert.Proxy.Intercept;

/// <summary>Why there is no TLS connection to the server.</summary>
internal enum UpstreamFault
{
    /// <summary>The original destination did not accept a TCP connection.</summary>
    Unreachable,

    /// <summary>The handshake failed for a reason that is not the certificate.</summary>
    TlsFailed,

    /// <summary>A browser would not accept the certificate.</summary>
    CertificateInvalid,

    /// <summary>The server asked for a client certificate, which only the app can give.</summary>
    WantsClientCertificate,
}
