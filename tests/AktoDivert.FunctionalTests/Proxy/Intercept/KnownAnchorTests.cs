using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Tests.Shared;

namespace AktoDivert.FunctionalTests.Proxy.Intercept;

/// <summary>What a proxy that knows the root of a host's chain makes of the host's next certificates.</summary>
[TestClass]
public sealed class KnownAnchorTests
{
    private const string Host = ProxyUnderTest.Host;

    [TestMethod]
    public async Task A_host_may_move_to_another_trusted_root()
    {
        using var other = new TestCertificates("Other servers");
        await using var first = InterceptionTests.Echo(InterceptionTests.Good());
        await using var second = InterceptionTests.Echo(InterceptionTests.Good(other.Leaf(Host)));
        await using var proxy = await ProxyUnderTest.StartAsync(
            first.EndPoint, o => o with { ExtraRoots = [ProxyUnderTest.UpstreamAuthority.Root, other.Root] });
        foreach (var upstream in new[] { first, first, second, second, first })
        {
            proxy.Redirector.Destination = upstream.EndPoint;
            await using var app = await proxy.ConnectTlsAsync();
            Assert.AreEqual("hello", await InterceptionTests.AskAsync(app, "hello"));
        }
    }

    [TestMethod]
    [DataRow("expired", "expired")]
    [DataRow("wrong-name", "wrong name")]
    [DataRow("self-signed", "unknown issuer")]
    [DataRow("unknown-authority", "unknown issuer")]
    public async Task What_was_good_before_makes_a_bad_certificate_no_better(string kind, string fault)
    {
        using var stranger = new TestCertificates("Stranger");
        var bad = kind switch
        {
            "expired" => ProxyUnderTest.UpstreamAuthority.Expired(Host),
            "wrong-name" => ProxyUnderTest.UpstreamAuthority.Leaf("other.test"),
            "self-signed" => ProxyUnderTest.UpstreamAuthority.SelfSigned(Host),
            _ => stranger.Leaf(Host),
        };
        await using var good = InterceptionTests.Echo(InterceptionTests.Good());
        await using var impostor = InterceptionTests.Echo(InterceptionTests.Good(bad));
        await using var proxy = await ProxyUnderTest.StartAsync(good.EndPoint);
        for (var i = 0; i < 2; i++)
        {
            await using var app = await proxy.ConnectTlsAsync();
            Assert.AreEqual("hello", await InterceptionTests.AskAsync(app, "hello"));
        }

        await proxy.NextEndedAsync();
        await proxy.NextEndedAsync();
        proxy.Redirector.Destination = impostor.EndPoint;
        await using (var app = new SslStream(new NetworkStream(await proxy.ConnectAsync(), ownsSocket: true)))
        {
            await Assert.ThrowsAsync<AuthenticationException>(() => app.AuthenticateAsClientAsync(Host));
        }

        var flow = await proxy.NextEndedAsync();
        Assert.AreEqual(ConnectionEndReason.UpstreamCertificateInvalid, flow.EndReason);
        Assert.Contains(fault, flow.EndDetail!);
    }

    [TestMethod]
    public void A_root_is_forgotten_in_time()
    {
        var time = new TestTimeProvider();
        var anchors = new AktoDivert.Proxy.Intercept.KnownAnchors(time);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.Add(ProxyUnderTest.UpstreamAuthority.Root);
        Assert.IsTrue(chain.Build(ProxyUnderTest.UpstreamAuthority.Leaf(Host)));
        anchors.Remember(Host, chain);
        Assert.AreEqual(ProxyUnderTest.UpstreamAuthority.Root.Thumbprint, anchors.Find(Host)!.Thumbprint);
        Assert.IsNull(anchors.Find("other.test"));
        time.Advance(TimeSpan.FromMinutes(11));
        Assert.IsNull(anchors.Find(Host));
    }
}
