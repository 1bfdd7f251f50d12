using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Proxy.Intercept.Certificates.Trust;

namespace AktoDivert.Tests.Proxy.Intercept.Certificates.Trust;

// A stand-in that was just written cannot be started while another thread forks, and holds it open, at that moment.
[DoNotParallelize]
[TestClass]
[OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
[UnsupportedOSPlatform("windows")]
public sealed class TrustInstallerTests
{
    private const string Bundle = "/usr/local/share/aktodivert/device-ca.pem";

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Remove_leaves_every_file_as_it_was(bool debian)
    {
        using var device = new FakeDevice(debian);
        // Somebody else's root, under a name that begins as ours do.
        device.Write($"{device.Layout.AnchorFolder}/aktodivert-company{device.Layout.Extension}", CompanyRoot().ExportCertificatePem() + "\n");
        device.Write(device.Layout.Bundle, device.Read($"{device.Layout.AnchorFolder}/aktodivert-company{device.Layout.Extension}"));
        if (debian)
        {
            File.CreateSymbolicLink(device.Root.Resolve("/etc/ssl/certs/aktodivert-company.pem"), device.Root.Resolve($"{device.Layout.AnchorFolder}/aktodivert-company.crt"));
            File.CreateSymbolicLink(device.Root.Resolve("/etc/ssl/certs/hash-of-aktodivert-company.pem"), "aktodivert-company.pem");
        }

        var before = device.Listing();
        var root = NewRoot();

        var installed = await device.Installer.InstallAsync(root, TestContext.CancellationToken);
        Assert.AreEqual(TrustStoreState.Installed, State(installed, device.Layout.Name), string.Join('\n', installed));
        Assert.AreEqual(TrustStoreState.Installed, State(installed, "Node.js (NODE_EXTRA_CA_CERTS)"));
        Assert.AreNotEqual(before, device.Listing());
        var shown = await device.Installer.ShowAsync(root, TestContext.CancellationToken);
        CollectionAssert.AreEqual(installed.ToArray(), shown.ToArray());

        await device.Installer.RemoveAsync(TestContext.CancellationToken);
        Assert.AreEqual(before, device.Listing());
        shown = await device.Installer.ShowAsync(root, TestContext.CancellationToken);
        Assert.IsFalse(shown.Any(r => r.State is TrustStoreState.Installed or TrustStoreState.Failed));
    }

    [TestMethod]
    public async Task What_a_rebuild_cut_short_has_left_does_not_get_into_the_next_bundle()
    {
        using var device = new FakeDevice(debian: true);
        device.Write(device.Layout.Unfinished!, "-----BEGIN CERTIFICATE-----\nhalf");
        await device.Installer.InstallAsync(NewRoot(), TestContext.CancellationToken);
        Assert.IsFalse(File.Exists(device.Root.Resolve(device.Layout.Unfinished!)));
    }

    [TestMethod]
    public async Task Installing_twice_changes_nothing()
    {
        using var device = new FakeDevice();
        var root = NewRoot();
        await device.Installer.InstallAsync(root, TestContext.CancellationToken);
        var once = device.Listing();
        var again = await device.Installer.InstallAsync(root, TestContext.CancellationToken);
        Assert.AreEqual(once, device.Listing());
        Assert.AreEqual("was installed already", again[1].Detail);
    }

    [TestMethod]
    public async Task Remove_takes_out_older_generations_too()
    {
        using var device = new FakeDevice();
        var before = device.Listing();
        await device.Installer.InstallAsync(NewRoot(1), TestContext.CancellationToken);
        await device.Installer.InstallAsync(NewRoot(2), TestContext.CancellationToken);
        Assert.HasCount(2, PemBundle.Ours(device.Root.Resolve(Bundle)));
        await device.Installer.RemoveAsync(TestContext.CancellationToken);
        Assert.AreEqual(before, device.Listing());
    }

    [TestMethod]
    public async Task A_root_whose_anchor_somebody_deleted_leaves_the_bundle()
    {
        using var device = new FakeDevice();
        var before = device.Listing();
        var root = NewRoot();
        await device.Installer.InstallAsync(root, TestContext.CancellationToken);
        File.Delete(device.Root.Resolve($"{device.Layout.AnchorFolder}/{TrustAnchor.From(root).Name}.pem"));
        await device.Installer.RemoveAsync(TestContext.CancellationToken);
        Assert.AreEqual(before, device.Listing());
    }

    [TestMethod]
    public async Task A_failing_tool_is_reported_with_its_words_and_does_not_stop_the_others()
    {
        using var device = new FakeDevice();
        device.Tool("update-ca-trust", "echo 'disk is full' >&2; exit 3");
        var reports = await device.Installer.InstallAsync(NewRoot(), TestContext.CancellationToken);
        var failed = reports.Single(r => r.Store == device.Layout.Name);
        Assert.AreEqual(TrustStoreState.Failed, failed.State);
        StringAssert.Contains(failed.Detail, "exit code 3: disk is full", StringComparison.Ordinal);
        Assert.AreNotEqual("", failed.Fix);
        Assert.AreEqual(TrustStoreState.Installed, State(reports, "Node.js (NODE_EXTRA_CA_CERTS)"));
    }

    [TestMethod]
    public async Task A_missing_tool_is_reported_with_its_package_and_nothing_is_left_behind()
    {
        using var device = new FakeDevice();
        File.Delete(device.Root.Resolve("/usr/sbin/update-ca-trust"));
        var reports = await device.Installer.InstallAsync(NewRoot(), TestContext.CancellationToken);
        var failed = reports.Single(r => r.Store == device.Layout.Name);
        StringAssert.Contains(failed.Fix, "ca-certificates", StringComparison.Ordinal);
        Assert.IsEmpty(Directory.GetFiles(device.Root.Resolve(device.Layout.AnchorFolder)));
    }

    [TestMethod]
    public async Task Without_certutil_a_browser_database_is_reported_with_the_package()
    {
        using var device = new FakeDevice();
        device.Write("/etc/passwd", "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/root:/bin/false\nmary:x:1000:1000::/home/mary:/bin/sh\n");
        device.Write("/root/.pki/nssdb/cert9.db", "");
        device.Write("/home/mary/.mozilla/firefox/abc.default/cert9.db", "");
        var failed = (await device.Installer.InstallAsync(NewRoot(), TestContext.CancellationToken)).Where(r => r.State == TrustStoreState.Failed).ToArray();
        Assert.HasCount(2, failed);
        Assert.IsTrue(failed.All(f => f.Fix.Contains("libnss3-tools", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task A_value_of_NODE_EXTRA_CA_CERTS_that_somebody_else_set_is_left_and_reported()
    {
        using var device = new FakeDevice();
        device.Write("/etc/profile.d/company.sh", "export NODE_EXTRA_CA_CERTS=\"/opt/company.pem\"\n");
        device.Write("/opt/company.pem", CompanyRoot().ExportCertificatePem() + "\n");
        var before = device.Listing();
        var root = NewRoot();
        var failed = (await device.Installer.InstallAsync(root, TestContext.CancellationToken)).Single(r => r.State == TrustStoreState.Failed);
        StringAssert.Contains(failed.Detail, "/etc/profile.d/company.sh already sets NODE_EXTRA_CA_CERTS=/opt/company.pem", StringComparison.Ordinal);
        Assert.AreEqual($"Run: cat {Bundle} >> '/opt/company.pem'", failed.Fix);
        Assert.AreEqual("LANG=C\n", device.Read("/etc/environment"));
        await device.Installer.RemoveAsync(TestContext.CancellationToken);
        Assert.AreEqual(before, device.Listing());
    }

    [TestMethod]
    public async Task Following_the_advice_on_a_conflict_resolves_it()
    {
        using var device = new FakeDevice();
        device.Write("/etc/profile.d/company.sh", "export NODE_EXTRA_CA_CERTS=/opt/company.pem\n");
        var root = NewRoot();
        await device.Installer.InstallAsync(root, TestContext.CancellationToken);
        device.Write("/opt/company.pem", device.Read(Bundle));
        var reports = await device.Installer.InstallAsync(root, TestContext.CancellationToken);
        Assert.IsFalse(reports.Any(r => r.State == TrustStoreState.Failed), string.Join('\n', reports));

        var removed = await device.Installer.RemoveAsync(TestContext.CancellationToken);
        StringAssert.Contains(removed.Single(r => r.State == TrustStoreState.Failed).Detail, "/opt/company.pem", StringComparison.Ordinal);
    }

    [TestMethod]
    public async Task A_variable_that_replaces_the_roots_is_reported_until_its_file_holds_the_root()
    {
        using var device = new FakeDevice();
        device.Write("/etc/environment.d/50-corporate.conf", "SSL_CERT_FILE=/opt/roots.pem\nUNRELATED=1\n");
        device.Write("/opt/roots.pem", CompanyRoot().ExportCertificatePem() + "\n");
        var root = NewRoot();
        var failed = (await device.Installer.InstallAsync(root, TestContext.CancellationToken)).Single(r => r.State == TrustStoreState.Failed);
        StringAssert.Contains(failed.Detail, "SSL_CERT_FILE=/opt/roots.pem", StringComparison.Ordinal);
        device.Write("/opt/roots.pem", root.ExportCertificatePem());
        Assert.IsFalse((await device.Installer.ShowAsync(root, TestContext.CancellationToken)).Any(r => r.State == TrustStoreState.Failed));
    }

    [TestMethod]
    public async Task Stores_that_a_device_lacks_are_listed_as_not_present()
    {
        using var device = new FakeDevice();
        var absent = (await device.Installer.ShowAsync(NewRoot(), TestContext.CancellationToken)).Where(r => r.State == TrustStoreState.NotPresent).ToArray();
        CollectionAssert.IsSubsetOf(
            new[] { AnchorLayout.Debian.Name, "Java keystores", "NSS databases (Chromium, Firefox)" }, absent.Select(r => r.Store).ToArray());
    }

    [TestMethod]
    [DataRow("/", "/etc/ssl/certs/java/cacerts")]
    [DataRow("/mnt/image", "/mnt/image/etc/ssl/certs/java/cacerts")]
    public void A_store_reached_by_its_path_and_by_a_link_has_one_name(string root, string expected) =>
        Assert.AreEqual(expected, new TrustRoot(root).Resolve("/etc/ssl/certs/java/cacerts"));

    private static X509Certificate2 NewRoot(int number = 1) =>
        GenerationMint.Create(number, "laptop", ["anthropic.com"], new FileKeyStore(), TimeProvider.System.GetUtcNow()).Root;

    private static X509Certificate2 CompanyRoot()
    {
        using var key = ECDsa.Create();
        var request = new CertificateRequest("CN=Company CA", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }

    private static TrustStoreState State(IEnumerable<TrustStoreReport> reports, string store) => reports.Single(r => r.Store == store).State;
}
