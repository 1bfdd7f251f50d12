using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AktoDivert.Lab.Network;

namespace AktoDivert.Lab.Upstream;

/// <summary>The certificates of the lab's servers, good and bad. The keys live in memory only.</summary>
internal sealed class ServerCertificates : IDisposable
{
    private static readonly DateTimeOffset Always = DateTimeOffset.UnixEpoch.AddYears(40);

    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _unknownAuthority;
    private readonly Dictionary<string, SslStreamCertificateContext> _contexts = [];
    private readonly DateTimeOffset _now;

    public ServerCertificates(TimeProvider time)
    {
        _now = time.GetUtcNow();
        _authority = CreateAuthority("AktoDivert lab public CA");
        _unknownAuthority = CreateAuthority("AktoDivert lab unknown CA");
        foreach (var host in LabHost.All)
        {
            _contexts[host.Name] = SslStreamCertificateContext.Create(CreateLeaf(host), null, offline: true);
        }
    }

    /// <summary>The CA every pc trusts, as PEM.</summary>
    public string AuthorityPem => _authority.ExportCertificatePem();

    public SslStreamCertificateContext For(LabHost host) => _contexts[host.Name];

    public void Dispose()
    {
        _authority.Dispose();
        _unknownAuthority.Dispose();
    }

    private X509Certificate2 CreateAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name} {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(Always, _now.AddYears(1));
    }

    private X509Certificate2 CreateLeaf(LabHost host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host.Name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host.Profile == TlsProfile.WrongName ? "somebody-else.example.net" : host.Name);
        names.AddIpAddress(IPAddress.Parse(host.Address4));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var (from, until) = host.Profile == TlsProfile.Expired ? (_now.AddDays(-90), _now.AddDays(-30)) : (_now.AddDays(-1), _now.AddDays(90));
        if (host.Profile == TlsProfile.SelfSigned)
        {
            return request.CreateSelfSigned(from, until);
        }

        var issuer = host.Profile == TlsProfile.UntrustedIssuer ? _unknownAuthority : _authority;
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        using var certificate = request.Create(issuer, from, until, RandomNumberGenerator.GetBytes(12));
        return certificate.CopyWithPrivateKey(key);
    }
}
