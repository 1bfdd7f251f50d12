using System.Runtime.Versioning;
using System.Security.Cryptography;
using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Tests.Shared;

namespace AktoDivert.Tests.Proxy.Intercept.Certificates;

[TestClass]
public sealed class DeviceAuthorityTests
{
    private const UnixFileMode OthersAccess = (UnixFileMode)0b000_111_111;

    [TestMethod]
    [NotUnderWine(NotUnderWineAttribute.NoEllipticCurves)]
    public void Only_intermediate_keys_are_on_disk()
    {
        using var ca = new TestCertificateAuthority();
        var generation = ca.Activate("anthropic.com", "openai.com");
        var rootKey = generation.Root.GetPublicKey();
        var holders = Directory.GetFiles(ca.Path, "*", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f).Contains("PRIVATE KEY", StringComparison.Ordinal)).ToArray();
        Assert.HasCount(2, holders);
        foreach (var holder in holders)
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(holder));
            var point = key.ExportParameters(includePrivateParameters: false).Q;
            CollectionAssert.AreNotEqual(rootKey, (byte[])[4, .. point.X!, .. point.Y!]);
        }
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [UnsupportedOSPlatform("windows")]
    public void Nothing_in_the_folder_is_accessible_to_others()
    {
        using var ca = new TestCertificateAuthority();
        ca.Activate("anthropic.com");
        foreach (var entry in Directory.GetFileSystemEntries(ca.Path, "*", SearchOption.AllDirectories).Append(ca.Path))
        {
            Assert.AreEqual(UnixFileMode.None, File.GetUnixFileMode(entry) & OthersAccess, entry);
        }
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [UnsupportedOSPlatform("windows")]
    [DataRow("", "700")]
    [DataRow("generation-1", "700")]
    [DataRow("generation-1/anthropic.com.key", "600")]
    public void What_others_may_read_is_refused_with_the_command_that_repairs_it(string entry, string mode)
    {
        using var ca = new TestCertificateAuthority();
        ca.Activate("anthropic.com");
        var path = Path.TrimEndingDirectorySeparator(Path.Combine(ca.Path, entry));
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupRead);
        var error = Assert.ThrowsExactly<CertificateAuthorityException>(ca.Open);
        StringAssert.Contains(error.Message, $"chmod {mode} '{path}'", StringComparison.Ordinal);
    }

    [TestMethod]
    [NotUnderWine(NotUnderWineAttribute.NoEllipticCurves)]
    [DataRow("active", "one")]
    [DataRow("active", "7")]
    [DataRow("generation-1/root.pem", "")]
    [DataRow("generation-1/anthropic.com.pem", "no certificate")]
    [DataRow("generation-1/anthropic.com.key", "no key")]
    public void A_damaged_file_is_refused_with_its_place_and_the_fix(string entry, string content)
    {
        using var ca = new TestCertificateAuthority();
        ca.Activate("anthropic.com");
        File.WriteAllText(Path.Combine(ca.Path, entry), content);
        var error = Assert.ThrowsExactly<CertificateAuthorityException>(ca.Open);
        StringAssert.Contains(error.Message, ca.Path, StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "aktodivert trust install", StringComparison.Ordinal);
    }

    [TestMethod]
    [NotUnderWine(NotUnderWineAttribute.NoEllipticCurves)]
    public void A_reopened_authority_signs_with_the_same_keys()
    {
        using var ca = new TestCertificateAuthority();
        var written = ca.Activate("anthropic.com", "a.windows.net", "b.windows.net");
        var reopened = ca.Open();
        Assert.AreEqual(written.Root, reopened.Root);
        Assert.AreEqual(1, reopened.Generation);
        CollectionAssert.AreEquivalent(written.Domains.ToArray(), reopened.Domains.ToArray());
        using var cache = new LeafCertificateCache(reopened, ca.Time);
        Assert.IsNotNull(cache.Find("x.b.windows.net"));
    }

    [TestMethod]
    public void Looking_at_a_CA_that_is_not_there_leaves_no_trace()
    {
        using var parent = new TestCertificateAuthority();
        var path = Path.Combine(parent.Path, "ca");
        var authority = DeviceAuthority.Open(path, "laptop-7", TimeProvider.System);

        Assert.AreEqual(0, authority.Generation);
        Assert.IsFalse(authority.Covers("api.anthropic.com"));
        Assert.IsFalse(Directory.Exists(path));
    }

    [TestMethod]
    public void What_a_crash_left_half_written_is_deleted()
    {
        using var ca = new TestCertificateAuthority();
        var unfinished = Directory.CreateDirectory(Path.Combine(ca.Path, "generation-1.unfinished")).FullName;
        File.WriteAllText(Path.Combine(unfinished, "anthropic.com.key"), "half");
        Assert.AreEqual(0, ca.Open().Generation);
        Assert.IsFalse(Directory.Exists(unfinished));
    }

    [TestMethod]
    [NotUnderWine(NotUnderWineAttribute.NoEllipticCurves)]
    [DataRow("anthropic.com", true)]
    [DataRow("api.anthropic.com", true)]
    [DataRow("a.b.c.ANTHROPIC.com.", true)]
    [DataRow("a_b.anthropic.com", true)]
    [DataRow("evilanthropic.com", false)]
    [DataRow("anthropic.com.evil.org", false)]
    [DataRow("com", false)]
    [DataRow("", false)]
    [DataRow(".", false)]
    [DataRow(".anthropic.com", false)]
    [DataRow("a..anthropic.com", false)]
    [DataRow("*.anthropic.com", false)]
    [DataRow("a b.anthropic.com", false)]
    [DataRow("a\0.anthropic.com", false)]
    [DataRow("127.0.0.1", false)]
    [DataRow("::1", false)]
    [DataRow("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.anthropic.com", false)]
    public void It_covers_domains_at_label_boundaries(string host, bool covered)
    {
        using var ca = new TestCertificateAuthority();
        Assert.IsFalse(ca.Authority.Covers(host));
        ca.Activate("anthropic.com");
        Assert.AreEqual(covered, ca.Authority.Covers(host));
    }

    [TestMethod]
    [NotUnderWine(NotUnderWineAttribute.NoEllipticCurves)]
    public void A_new_generation_is_needed_for_new_domains_and_near_the_end()
    {
        var time = new TestTimeProvider();
        using var ca = new TestCertificateAuthority(time);
        Assert.IsFalse(ca.Authority.NeedsGeneration([]));
        Assert.IsTrue(ca.Authority.NeedsGeneration(["anthropic.com"]));
        ca.Activate("anthropic.com", "openai.com");
        Assert.IsFalse(ca.Authority.NeedsGeneration(["api.anthropic.com"]));
        Assert.IsTrue(ca.Authority.NeedsGeneration(["anthropic.com", "mistral.ai"]));
        time.Advance(TimeSpan.FromDays(669));
        Assert.IsFalse(ca.Authority.NeedsGeneration(["anthropic.com"]));
        time.Advance(TimeSpan.FromDays(2));
        Assert.IsTrue(ca.Authority.NeedsGeneration(["anthropic.com"]));
        Assert.IsTrue(ca.Authority.Covers("anthropic.com"));
        time.Advance(TimeSpan.FromDays(60));
        Assert.IsFalse(ca.Authority.Covers("anthropic.com"));
    }
}
