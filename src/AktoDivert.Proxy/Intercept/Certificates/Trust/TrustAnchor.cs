using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>A root of ours as trust stores know it.</summary>
/// <param name="Name">
/// File name, alias or nickname. It differs for every root, because stores that are told to replace a certificate under the same name may
/// keep the old one.
/// </param>
/// <param name="Certificate">The root.</param>
/// <param name="Pem">The root in PEM with a final line break.</param>
internal sealed partial record TrustAnchor(string Name, X509Certificate2 Certificate, string Pem)
{
    /// <summary>Begins the name of every root of ours, of any generation.</summary>
    public const string NamePrefix = "aktodivert-";

    private const int ThumbprintDigits = 16;

    public static TrustAnchor From(X509Certificate2 root)
    {
        var thumbprint = root.GetCertHashString(HashAlgorithmName.SHA256)[..ThumbprintDigits];
        return new TrustAnchor(NamePrefix + thumbprint.ToLowerInvariant(), root, root.ExportCertificatePem() + "\n");
    }

    /// <summary>Whether a file name, alias or nickname holds the name of a root of ours; somebody else's may begin with the same word.</summary>
    public static bool IsNamedIn(string name) => OurName().IsMatch(name);

    /// <summary>Whether a certificate met in a store is a root of ours.</summary>
    public static bool IsOurs(X509Certificate2 certificate) =>
        certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)
            .StartsWith(GenerationMint.CommonNamePrefix, StringComparison.Ordinal);

    [GeneratedRegex($"(?<![a-z0-9-]){NamePrefix}[0-9a-f]{{16}}(?![a-z0-9-])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OurName();
}
