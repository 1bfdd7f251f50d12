using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Proxy.Intercept.Certificates.Trust;

namespace AktoDivert.Tests.Proxy.Intercept.Certificates.Trust.Windows;

/// <summary>Roots that go by our name, with RSA keys: Wine has no others.</summary>
internal static class TestAnchor
{
    private const int KeyBits = 2048;

    /// <summary>The root of a generation.</summary>
    public static TrustAnchor Of(int generation)
    {
        using var key = RSA.Create(KeyBits);
        var request = new CertificateRequest(
            $"CN={GenerationMint.CommonNamePrefix} laptop generation {generation}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var signer = X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        return TrustAnchor.From(request.Create(request.SubjectName, signer, now.AddDays(-1), now.AddDays(30), GenerationMint.NewSerial()));
    }
}
