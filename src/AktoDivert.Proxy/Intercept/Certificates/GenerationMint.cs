using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>
/// Makes a generation: a constrained root, one constrained intermediate per provider, and then no root key. Certificates follow RFC 5280,
/// section 4.2.1; constraints stand on the root and on the intermediates because Java does not enforce those of a trust anchor.
/// </summary>
internal static class GenerationMint
{
    /// <summary>
    /// Every root of ours has a common name that begins so, of whatever generation or device: what removal recognises it by.
    /// </summary>
    public const string CommonNamePrefix = "AktoDivert device CA";

    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    // A list that changes or an approaching end makes a new generation by itself, so a longer life would help only a thief.
    private static readonly TimeSpan Life = TimeSpan.FromDays(2 * 365);

    // A clock that is set back a little must not make everything invalid.
    private static readonly TimeSpan Backdating = TimeSpan.FromDays(1);

    // RFC 5280, appendix A: ub-common-name is 64.
    private const int MaximumDeviceLength = 20;

    /// <summary>Mints a generation for the domains, which must already be free of subdomains of one another.</summary>
    public static CaGeneration Create(
        int number, string device, IReadOnlyCollection<string> domains, IIssuerKeyStore keys, DateTimeOffset now)
    {
        var notBefore = now - Backdating;
        var notAfter = now + Life;
        var tag = RandomNumberGenerator.GetHexString(8, lowercase: true);

        // The only place where a root key exists; it is in no certificate object and leaves scope here.
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signer = X509SignatureGenerator.CreateForECDsa(rootKey);
        var rootName = Name($"{CommonNamePrefix} {Printable(device)} {tag} generation {number}");
        var rootRequest = AuthorityRequest(rootName, rootKey, domains, pathLength: 1);
        var root = rootRequest.Create(rootName, signer, notBefore, notAfter, NewSerial());

        var rootKeyIdentifier = root.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single();
        var intermediates = new List<ProviderIntermediate>();
        foreach (var provider in domains.Order(StringComparer.Ordinal).GroupBy(Provider))
        {
            using var key = keys.CreateIssuerKey();
            var permitted = provider.ToArray();
            var name = Name($"{CommonNamePrefix} {tag} generation {number} intermediate {intermediates.Count + 1}");
            var request = AuthorityRequest(name, key, permitted, pathLength: 0);
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(rootKeyIdentifier));
            using var certificate = request.Create(rootName, signer, notBefore, notAfter, NewSerial());
            intermediates.Add(new ProviderIntermediate(provider.Key, permitted, certificate.CopyWithPrivateKey(key)));
        }

        return new CaGeneration(number, root, intermediates);
    }

    /// <summary>A positive serial number of 16 octets (RFC 5280, section 4.1.2.2), 126 bits of it random.</summary>
    public static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40);
        return serial;
    }

    /// <summary>A distinguished name of one common name.</summary>
    public static X500DistinguishedName Name(string commonName)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(commonName);
        return builder.Build();
    }

    private static CertificateRequest AuthorityRequest(
        X500DistinguishedName name, ECDsa key, IReadOnlyCollection<string> domains, int pathLength)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, pathLength, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));

        // Name constraints say nothing about e-mail, URI or directory names: the purpose closes those.
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(NameConstraintsExtension.Create(domains));
        request.CertificateExtensions.Add(
            new X509SubjectKeyIdentifierExtension(request.PublicKey, X509SubjectKeyIdentifierHashAlgorithm.ShortSha256, critical: false));
        return request;
    }

    private static string Provider(string domain)
    {
        var labels = domain.Split('.');
        return string.Join('.', labels.TakeLast(2));
    }

    private static string Printable(string device)
    {
        var kept = device.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.').Take(MaximumDeviceLength).ToArray();
        return kept.Length == 0 ? "device" : new string(kept);
    }
}
