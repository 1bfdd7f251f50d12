using System.Net.Security;

namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>Gives the certificate that the proxy shows an app for a host.</summary>
public interface ILeafCertificateSource
{
    /// <summary>
    /// Whether the device CA in force may sign for <paramref name="host"/>. When not, the flow passes through: an app would refuse the
    /// certificate anyway.
    /// </summary>
    bool Covers(string host);

    /// <summary>
    /// A ready TLS server context with the leaf for <paramref name="host"/> and its intermediate, from the cache or freshly minted; null
    /// when
    /// <see cref="Covers"/> says no. Minting (about 1 ms of CPU) runs on the caller's thread, which must not be the accept loop's.
    /// </summary>
    SslStreamCertificateContext? Find(string host);
}
