using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>Looks for roots of ours in a file of PEM certificates.</summary>
internal static class PemBundle
{
    /// <summary>The roots of ours in a file; none when it does not exist.</summary>
    /// <exception cref="TrustStoreException">It holds something that is no certificate.</exception>
    public static IReadOnlyList<X509Certificate2> Ours(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(path);
            return [.. certificates.Where(TrustAnchor.IsOurs)];
        }
        catch (CryptographicException e)
        {
            throw new TrustStoreException(
                $"{path} cannot be read: {e.Message}", "Remove what is no certificate from it, or build it again.");
        }
    }
}
