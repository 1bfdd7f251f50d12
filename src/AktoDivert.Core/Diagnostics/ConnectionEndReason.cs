namespace AktoDivert.Core.Diagnostics;

/// <summary>Why a connection ended: one cause each, counted and shown.</summary>
public enum ConnectionEndReason
{
    /// <summary>Both sides finished in order.</summary>
    Completed,

    /// <summary>The app closed or reset while data was still expected.</summary>
    AppAborted,

    /// <summary>The server closed or reset while data was still expected.</summary>
    UpstreamAborted,

    /// <summary>The original destination did not accept a TCP connection.</summary>
    UpstreamUnreachable,

    /// <summary>The server's TLS handshake failed.</summary>
    UpstreamTlsFailed,

    /// <summary>The server's certificate is not one a browser would accept (expired, wrong name, unknown issuer).</summary>
    UpstreamCertificateInvalid,

    /// <summary>The server asked for a client certificate, which only the app can give.</summary>
    UpstreamWantsClientCertificate,

    /// <summary>The app refused our certificate (alert, bare close in the handshake, or a completed handshake without a byte).</summary>
    AppRefusedCertificate,

    /// <summary>The app's TLS handshake failed for another cause.</summary>
    AppTlsFailed,

    /// <summary>The accepted connection has no known original destination.</summary>
    Orphan,

    /// <summary>It went direct, asked for a host that is intercepted, and was reset before it sent anything.</summary>
    DirectRefused,

    /// <summary>The agent stopped.</summary>
    AgentStopping,

    /// <summary>A fault of ours; the detail says which.</summary>
    InternalError,
}
