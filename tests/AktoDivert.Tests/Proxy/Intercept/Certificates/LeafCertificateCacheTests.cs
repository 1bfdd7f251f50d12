using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Tests.Shared;

namespace AktoDivert.Tests.Proxy.Intercept.Certificates;

[TestClass]
[NotUnderWine(NotUnderWineAttribute.NoEllipticCurves)]
public sealed class LeafCertificateCacheTests
{
    [TestMethod]
    public void A_leaf_names_exactly_the_host_and_its_issuer()
    {
        using var ca = new TestCertificateAuthority();
        var generation = ca.Activate("anthropic.com", "openai.com");
        using var cache = new LeafCertificateCache(ca.Authority, ca.Time);
        var context = cache.Find("API.anthropic.com.")!;
        var leaf = context.TargetCertificate;
        CollectionAssert.AreEqual(
            new[] { "api.anthropic.com" }, leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames().ToArray());
        var issuer = generation.FindIssuer("anthropic.com")!.Certificate;
        Assert.AreEqual(issuer, context.IntermediateCertificates.Single());
        CollectionAssert.AreEqual(
            issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifierBytes.ToArray(),
            leaf.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().Single().KeyIdentifier!.Value.ToArray());
        Assert.AreEqual(
            "1.3.6.1.5.5.7.3.1", leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Single().Value);
        Assert.AreEqual(X509KeyUsageFlags.DigitalSignature, leaf.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages);
        Assert.HasCount(1, leaf.Extensions.OfType<X509SubjectKeyIdentifierExtension>());
        Assert.IsFalse(leaf.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.AreEqual(ca.Time.GetUtcNow().AddDays(30), new DateTimeOffset(leaf.NotAfter));
        Assert.HasCount(32, leaf.SerialNumber);
    }

    [TestMethod]
    public void A_host_outside_the_constraints_gets_nothing()
    {
        using var ca = new TestCertificateAuthority();
        using var cache = new LeafCertificateCache(ca.Authority, ca.Time);
        Assert.IsNull(cache.Find("api.anthropic.com"));
        ca.Activate("anthropic.com");
        Assert.IsNull(cache.Find("evilanthropic.com"));
        Assert.IsNull(cache.Find("127.0.0.1"));
        Assert.AreEqual(0, cache.Count);
    }

    [TestMethod]
    public void A_name_too_long_for_a_common_name_is_served()
    {
        using var ca = new TestCertificateAuthority();
        ca.Activate("anthropic.com");
        using var cache = new LeafCertificateCache(ca.Authority, ca.Time);
        var host = string.Join('.', Enumerable.Repeat("long-label", 20)) + ".anthropic.com";
        Assert.IsTrue(cache.Find(host)!.TargetCertificate.MatchesHostname(host));
    }

    [TestMethod]
    public void The_least_recently_used_host_goes_first()
    {
        using var ca = new TestCertificateAuthority();
        ca.Activate("anthropic.com");
        using var cache = new LeafCertificateCache(ca.Authority, ca.Time, capacity: 2);
        var a = cache.Find("a.anthropic.com");
        var b = cache.Find("b.anthropic.com");
        Assert.AreSame(a, cache.Find("A.anthropic.com"));
        cache.Find("c.anthropic.com");
        Assert.AreEqual(2, cache.Count);
        Assert.AreSame(a, cache.Find("a.anthropic.com"));
        Assert.AreNotSame(b, cache.Find("b.anthropic.com"));
    }

    [TestMethod]
    public void A_leaf_is_renewed_after_two_thirds_of_its_life()
    {
        var time = new TestTimeProvider();
        using var ca = new TestCertificateAuthority(time);
        ca.Activate("anthropic.com");
        using var cache = new LeafCertificateCache(ca.Authority, time);
        var first = cache.Find("anthropic.com");
        time.Advance(TimeSpan.FromDays(20) - TimeSpan.FromSeconds(1));
        Assert.AreSame(first, cache.Find("anthropic.com"));
        time.Advance(TimeSpan.FromSeconds(1));
        var second = cache.Find("anthropic.com")!;
        Assert.AreNotSame(first, second);
        Assert.AreEqual(time.GetUtcNow().AddDays(30), new DateTimeOffset(second.TargetCertificate.NotAfter));
        Assert.AreEqual(1, cache.Count);
    }

    [TestMethod]
    public void A_leaf_does_not_outlive_its_issuer()
    {
        var time = new TestTimeProvider();
        using var ca = new TestCertificateAuthority(time);
        var generation = ca.Activate("anthropic.com");
        using var cache = new LeafCertificateCache(ca.Authority, time);
        time.Advance(TimeSpan.FromDays(725));
        Assert.AreEqual(generation.NotAfter, new DateTimeOffset(cache.Find("anthropic.com")!.TargetCertificate.NotAfter));
    }

    [TestMethod]
    public void A_new_generation_replaces_every_leaf()
    {
        using var ca = new TestCertificateAuthority();
        ca.Activate("anthropic.com");
        using var cache = new LeafCertificateCache(ca.Authority, ca.Time);
        var first = cache.Find("anthropic.com")!;
        var next = ca.Activate("anthropic.com", "openai.com");
        var second = cache.Find("anthropic.com")!;
        Assert.AreNotSame(first, second);
        Assert.AreEqual(next.FindIssuer("anthropic.com")!.Certificate, second.IntermediateCertificates.Single());
        Assert.AreEqual(1, cache.Count);
    }

    [TestMethod]
    public void A_host_is_minted_once_however_many_ask()
    {
        using var ca = new TestCertificateAuthority();
        ca.Activate("anthropic.com");
        using var cache = new LeafCertificateCache(ca.Authority, ca.Time);
        var leaves = new object?[64];
        using var start = new Barrier(8);
        var threads = Enumerable.Range(0, 8).Select(t => new Thread(() =>
        {
            start.SignalAndWait();
            for (var i = t; i < leaves.Length; i += 8)
            {
                leaves[i] = cache.Find("api.anthropic.com");
            }
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Assert.HasCount(1, leaves.Distinct());
        Assert.IsNotNull(leaves[0]);
    }
}
