using System.Formats.Asn1;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>Signs the certificate shown to an app for one host: SAN with the exact name, serverAuth, 30 days.</summary>
internal static class LeafMint
{
    private const string SubjectAlternativeNameOid = "2.5.29.17";

    // RFC 5280, appendix A: ub-common-name.
    private const int MaximumCommonNameLength = 64;
    private static readonly TimeSpan Life = TimeSpan.FromDays(30);
    private static readonly TimeSpan Backdating = TimeSpan.FromDays(1);
    private static readonly Asn1Tag DnsName = new(TagClass.ContextSpecific, 2);

    /// <summary>When a leaf minted now ends: in 30 days, or with its issuer.</summary>
    public static DateTimeOffset NotAfter(CaGeneration generation, DateTimeOffset now) => Earlier(now + Life, generation.NotAfter);

    /// <summary>Mints the leaf and makes it ready for a TLS server, intermediate included.</summary>
    /// <param name="generation">The generation of <paramref name="issuer"/>.</param>
    /// <param name="issuer">The intermediate that covers the host.</param>
    /// <param name="host">A DNS name in lower case.</param>
    /// <param name="key">The key of all leaves of this process.</param>
    /// <param name="now">The time.</param>
    public static SslStreamCertificateContext Mint(
        CaGeneration generation, ProviderIntermediate issuer, string host, ECDsa key, DateTimeOffset now)
    {
        var name = GenerationMint.Name(host.Length <= MaximumCommonNameLength ? host : issuer.Name);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(GenerationMint.ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(SubjectAlternativeName(host));
        request.CertificateExtensions.Add(
            new X509SubjectKeyIdentifierExtension(request.PublicKey, X509SubjectKeyIdentifierHashAlgorithm.ShortSha256, critical: false));

        // Two generations may be trusted at once, and some clients pick the wrong root without it.
        var issuerKeyIdentifier = issuer.Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single();
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(issuerKeyIdentifier));

        var notBefore = Later(now - Backdating, generation.NotBefore);
        using var certificate = request.Create(issuer.Certificate, notBefore, NotAfter(generation, now), GenerationMint.NewSerial());
        return SslStreamCertificateContext.Create(certificate.CopyWithPrivateKey(key), [issuer.Certificate], offline: true, trust: null);
    }

    // Written here because the framework's builder runs the name through IDNA, which may refuse what an app legitimately asks for
    // (a_b.example.com).
    private static X509Extension SubjectAlternativeName(string host)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(UniversalTagNumber.IA5String, host, DnsName);
        }

        return new X509Extension(SubjectAlternativeNameOid, writer.Encode(), critical: false);
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
