using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AktoDivert.Tests.Shared;

/// <summary>A certificate authority of a test, with leaves good and bad. Certificates live as long as the authority.</summary>
public sealed class TestCertificates : IDisposable
{
    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly List<X509Certificate2> _issued = [];

    public TestCertificates(string name = "Test root")
    {
        var request = new CertificateRequest($"CN={name} {Guid.NewGuid():N}", _rootKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        Root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1));
    }

    public X509Certificate2 Root { get; }

    /// <summary>A certificate that is right in every respect.</summary>
    public X509Certificate2 Leaf(string host) => Issue(host, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));

    /// <summary>A certificate that ended yesterday.</summary>
    public X509Certificate2 Expired(string host) => Issue(host, DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(-1));

    /// <summary>A certificate without an issuer.</summary>
    public X509Certificate2 SelfSigned(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Keep(Request(host, key).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30)));
    }

    public void Dispose()
    {
        Root.Dispose();
        _rootKey.Dispose();
        lock (_issued)
        {
            _issued.ForEach(c => c.Dispose());
        }
    }

    private X509Certificate2 Issue(string host, DateTimeOffset from, DateTimeOffset to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var bare = Request(host, key).Create(Root, from, to, RandomNumberGenerator.GetBytes(8));
        return Keep(bare.CopyWithPrivateKey(key));
    }

    private X509Certificate2 Keep(X509Certificate2 certificate)
    {
        lock (_issued)
        {
            _issued.Add(certificate);
        }

        return certificate;
    }

    private static CertificateRequest Request(string host, ECDsa key)
    {
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        return request;
    }
}
