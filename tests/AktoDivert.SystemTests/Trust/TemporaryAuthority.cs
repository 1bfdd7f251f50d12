using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AktoDivert.Proxy.Intercept.Certificates;

namespace AktoDivert.SystemTests.Trust;

/// <summary>A device CA in a temporary folder, and what a thief of its keys could sign.</summary>
internal sealed class TemporaryAuthority : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aktodivert-ca-");
    private readonly ECDsa _thiefKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly DeviceAuthority _authority;
    private readonly LeafCertificateCache _leaves;

    public TemporaryAuthority()
    {
        _authority = DeviceAuthority.Open(_folder.FullName, "system-test", TimeProvider.System);
        _authority.Activate(_authority.Stage(["anthropic.com", "openai.com"]));
        _leaves = new LeafCertificateCache(_authority, TimeProvider.System);
    }

    public X509Certificate2 Root => _authority.Root!;

    /// <summary>
    /// The certificate for a covered host; for any other host one that the intermediate of anthropic.com signs against its constraints.
    /// </summary>
    public SslStreamCertificateContext Certificate(string host) => _leaves.Find(host) ?? Forge(host);

    public string Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose()
    {
        _leaves.Dispose();
        _thiefKey.Dispose();
        _folder.Delete(recursive: true);
    }

    private SslStreamCertificateContext Forge(string host)
    {
        Assert.IsTrue(_authority.TryFindIssuer("anthropic.com", out var generation, out var issuer));
        return LeafMint.Mint(generation, issuer, host, _thiefKey, TimeProvider.System.GetUtcNow());
    }
}
