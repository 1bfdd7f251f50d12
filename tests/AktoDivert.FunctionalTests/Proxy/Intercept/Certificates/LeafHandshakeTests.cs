using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AktoDivert.Proxy.Intercept.Certificates;

namespace AktoDivert.FunctionalTests.Proxy.Intercept.Certificates;

[TestClass]
public sealed class LeafHandshakeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aktodivert-ca-");
    private readonly DeviceAuthority _authority;

    public LeafHandshakeTests()
    {
        _authority = DeviceAuthority.Open(_folder.FullName, "laptop", TimeProvider.System);
        _authority.Activate(_authority.Stage(["anthropic.com", "openai.com"]));
    }

    public required TestContext TestContext { get; init; }

    public void Dispose() => _folder.Delete(recursive: true);

    [TestMethod]
    [DataRow(SslProtocols.Tls12)]
    [DataRow(SslProtocols.Tls13)]
    public async Task A_client_that_trusts_the_root_accepts_a_leaf(SslProtocols protocol)
    {
        using var leaves = new LeafCertificateCache(_authority, TimeProvider.System);
        Assert.IsTrue(await ClientAcceptsAsync(leaves.Find("api.anthropic.com")!, "api.anthropic.com", _authority.Root!, protocol));
    }

    [TestMethod]
    public async Task A_leaf_for_another_name_is_refused()
    {
        using var leaves = new LeafCertificateCache(_authority, TimeProvider.System);
        Assert.IsFalse(await ClientAcceptsAsync(leaves.Find("api.anthropic.com")!, "api.openai.com", _authority.Root!, SslProtocols.Tls13));
    }

    [TestMethod]
    [DataRow("example.com")]
    [DataRow("api.openai.com")]
    public async Task A_leaf_that_a_stolen_intermediate_key_signs_outside_its_provider_is_refused(string host)
    {
        Assert.IsTrue(_authority.TryFindIssuer("anthropic.com", out var generation, out var issuer));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forged = LeafMint.Mint(generation, issuer, host, key, TimeProvider.System.GetUtcNow());
        Assert.IsFalse(await ClientAcceptsAsync(forged, host, _authority.Root!, SslProtocols.Tls13));
    }

    [TestMethod]
    public async Task The_root_of_another_generation_does_not_vouch_for_a_leaf()
    {
        var old = _authority.Root!;
        _authority.Activate(_authority.Stage(["anthropic.com"]));
        using var leaves = new LeafCertificateCache(_authority, TimeProvider.System);
        Assert.IsFalse(await ClientAcceptsAsync(leaves.Find("anthropic.com")!, "anthropic.com", old, SslProtocols.Tls13));
    }

    private async Task<bool> ClientAcceptsAsync(SslStreamCertificateContext leaf, string host, X509Certificate2 trusted, SslProtocols protocol)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, TestContext.CancellationToken);
        using var accepted = await listener.AcceptTcpClientAsync(TestContext.CancellationToken);
        await using var server = new SslStream(accepted.GetStream());
        var serving = server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = leaf }, TestContext.CancellationToken);

        await using var tls = new SslStream(client.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(trusted);
        var options = new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = policy, EnabledSslProtocols = protocol };
        try
        {
            await tls.AuthenticateAsClientAsync(options, TestContext.CancellationToken);
            await serving;
            return true;
        }
        catch (AuthenticationException)
        {
            client.Close();
            await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return false;
        }
    }
}
