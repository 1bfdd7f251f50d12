using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AktoDivert.Proxy.Intercept.Certificates;

namespace AktoDivert.Tests.Proxy.Intercept.Certificates;

[TestClass]
[NotUnderWine(NotUnderWineAttribute.NoEllipticCurves)]
public sealed class GenerationMintTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Domains = ["anthropic.com", "openai.com", "chatgpt.com", "a.windows.net", "b.windows.net"];
    private static readonly CaGeneration Generation = GenerationMint.Create(3, "laptop", Domains, new FileKeyStore(), Now);

    [TestMethod]
    public void The_root_permits_every_domain_and_has_path_length_1()
    {
        Assert.IsFalse(Generation.Root.HasPrivateKey);
        AssertAuthority(Generation.Root, pathLength: 1);
        CollectionAssert.AreEquivalent(Domains, NameConstraintsExtension.ReadPermitted(Generation.Root).ToArray());
    }

    [TestMethod]
    public void An_intermediate_permits_only_its_provider_and_has_path_length_0()
    {
        CollectionAssert.AreEquivalent(new[] { "anthropic.com", "openai.com", "chatgpt.com", "windows.net" }, Generation.Intermediates.Select(i => i.Name).ToArray());
        foreach (var intermediate in Generation.Intermediates)
        {
            AssertAuthority(intermediate.Certificate, pathLength: 0);
            CollectionAssert.AreEqual(intermediate.Domains.ToArray(), NameConstraintsExtension.ReadPermitted(intermediate.Certificate).ToArray());
        }

        CollectionAssert.AreEqual(new[] { "a.windows.net", "b.windows.net" }, Generation.FindIssuer("x.b.windows.net")!.Domains.ToArray());
        CollectionAssert.AreEqual(new[] { "openai.com" }, Generation.FindIssuer("openai.com")!.Domains.ToArray());
    }

    [TestMethod]
    public void Every_certificate_excludes_all_IP_addresses()
    {
        foreach (var certificate in Generation.Intermediates.Select(i => i.Certificate).Append(Generation.Root))
        {
            var constraints = new AsnReader(certificate.Extensions[NameConstraintsExtension.Oid]!.RawData, AsnEncodingRules.DER).ReadSequence();
            constraints.ReadEncodedValue();
            var excluded = constraints.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 1, isConstructed: true));
            var address = new Asn1Tag(TagClass.ContextSpecific, 7);
            CollectionAssert.AreEqual(new byte[8], excluded.ReadSequence().ReadOctetString(address));
            CollectionAssert.AreEqual(new byte[32], excluded.ReadSequence().ReadOctetString(address));
            Assert.IsFalse(excluded.HasData);
        }
    }

    [TestMethod]
    public void Intermediates_name_the_roots_key_and_chain_to_it()
    {
        var rootKey = Generation.Root.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifierBytes.ToArray();
        foreach (var intermediate in Generation.Intermediates)
        {
            var issuer = intermediate.Certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().Single().KeyIdentifier!.Value.ToArray();
            CollectionAssert.AreEqual(rootKey, issuer);
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(Generation.Root);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.VerificationTime = Now.UtcDateTime;
            Assert.IsTrue(chain.Build(intermediate.Certificate), string.Join(',', chain.ChainStatus.Select(s => s.StatusInformation)));
        }
    }

    [TestMethod]
    [DataRow("laptop", "AktoDivert device CA laptop ")]
    [DataRow("a-very-long-device-name-of-some-company", "AktoDivert device CA a-very-long-device-n ")]
    [DataRow("O=x, CN=y\u00e9\n", "AktoDivert device CA OxCNy ")]
    [DataRow("\u6f22", "AktoDivert device CA device ")]
    public void The_common_name_is_recognisable_printable_and_short(string device, string expected)
    {
        var root = GenerationMint.Create(12, device, Domains, new FileKeyStore(), Now).Root;
        var name = root.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        StringAssert.StartsWith(name, expected, StringComparison.Ordinal);
        StringAssert.EndsWith(name, " generation 12", StringComparison.Ordinal);
        Assert.IsLessThanOrEqualTo(64, name.Length);
    }

    [TestMethod]
    public void Two_generations_share_neither_name_nor_key()
    {
        var other = GenerationMint.Create(3, "laptop", Domains, new FileKeyStore(), Now).Root;
        Assert.AreNotEqual(Generation.Root.Subject, other.Subject);
        CollectionAssert.AreNotEqual(Generation.Root.GetPublicKey(), other.GetPublicKey());
    }

    [TestMethod]
    public void It_is_valid_from_a_day_ago_for_two_years()
    {
        Assert.AreEqual(Now.AddDays(-1), Generation.NotBefore);
        Assert.AreEqual(Now.AddDays(730), Generation.NotAfter);
    }

    [TestMethod]
    public void An_empty_list_is_refused_because_it_would_permit_every_name() =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => GenerationMint.Create(1, "laptop", [], new FileKeyStore(), Now));

    private static void AssertAuthority(X509Certificate2 certificate, int pathLength)
    {
        var basic = certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        Assert.IsTrue(basic is { Critical: true, CertificateAuthority: true, HasPathLengthConstraint: true });
        Assert.AreEqual(pathLength, basic.PathLengthConstraint);
        Assert.IsTrue(certificate.Extensions[NameConstraintsExtension.Oid]!.Critical);
        Assert.AreEqual(X509KeyUsageFlags.KeyCertSign, certificate.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages);
        var purposes = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages;
        Assert.AreEqual("1.3.6.1.5.5.7.3.1", purposes.Cast<Oid>().Single().Value);
        using var key = certificate.GetECDsaPublicKey()!;
        Assert.AreEqual(256, key.KeySize);
    }
}
