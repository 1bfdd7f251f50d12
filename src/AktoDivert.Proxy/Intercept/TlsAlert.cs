namespace AktoDivert.Proxy.Intercept;

/// <summary>Plaintext TLS alert records (RFC 8446 section 6), for an app whose ClientHello is still unanswered.</summary>
internal static class TlsAlert
{
    /// <summary>Fatal certificate_unknown (46): the server's certificate could not be processed.</summary>
    public static ReadOnlyMemory<byte> CertificateUnknown { get; } = new byte[] { 0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x2e };
}
