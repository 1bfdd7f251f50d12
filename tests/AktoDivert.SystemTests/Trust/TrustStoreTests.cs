using System.Globalization;
using System.Security.Cryptography;
using AktoDivert.Proxy.Intercept.Certificates.Trust;

namespace AktoDivert.SystemTests.Trust;

/// <summary>The real stores and tools of this machine, in a private layer over its files.</summary>
[TestClass]
[TestCategory("System")]
public sealed class TrustStoreTests
{
    private const string Inside = "api.anthropic.com";
    private const string Outside = "example.com";
    private const string Person = "aktodivert-test";
    private const string PersonHome = $"/home/{Person}";
    private const string FirefoxProfile = "/root/.mozilla/firefox/aktodivert.default";

    private static readonly TrustInstaller Installer = new(new TrustRoot());

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Clients_trust_the_domains_only_and_removal_leaves_every_store_as_it_was()
    {
        if (!PrivateMounts.Entered)
        {
            await PrivateMounts.RunAsync(TestContext);
            return;
        }

        await PrepareAsync();
        using var ca = new TemporaryAuthority();
        await using var server = new TlsServer(ca.Certificate);
        var clients = await TrustClients.InstalledAsync(Cancellation);
        var before = await ListingAsync();
        await AssertAsync(clients, Inside, server.Port, accepted: false);

        var reports = await Installer.InstallAsync(ca.Root, Cancellation);
        TestContext.WriteLine(string.Join('\n', reports));
        Assert.IsFalse(reports.Any(r => r.State == TrustStoreState.Failed), string.Join('\n', reports));
        var installed = string.Join('\n', reports.Where(r => r.State == TrustStoreState.Installed).Select(r => r.Store));
        foreach (var store in new[] { "Debian", "Java", $"{PersonHome}/.pki/nssdb", FirefoxProfile, "NODE_EXTRA_CA_CERTS" })
        {
            StringAssert.Contains(installed, store, StringComparison.Ordinal);
        }

        await AssertAsync(clients, Inside, server.Port, accepted: true);
        await AssertAsync(clients, Outside, server.Port, accepted: false);
        Assert.AreEqual(2, await SentCertificatesAsync("minted-while-trusted.anthropic.com", server.Port));

        await Installer.RemoveAsync(Cancellation);
        Assert.AreEqual(before, await ListingAsync());
        await AssertAsync(clients, Inside, server.Port, accepted: false);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task A_copy_that_Java_kept_after_a_removal_by_hand_is_found_and_removed()
    {
        if (!PrivateMounts.Entered)
        {
            await PrivateMounts.RunAsync(TestContext);
            return;
        }

        using var ca = new TemporaryAuthority();
        await Tool.MustAsync("update-ca-certificates", ["--fresh"], Cancellation);
        var before = await KeystoreAsync();
        await Installer.InstallAsync(ca.Root, Cancellation);
        File.Delete($"/usr/local/share/ca-certificates/{TrustAnchor.From(ca.Root).Name}.crt");
        await Tool.MustAsync("update-ca-certificates", ["--fresh"], Cancellation);
        Assert.AreNotEqual(before, await KeystoreAsync(), "Debian's hook is expected to keep the copy; when it no longer does, this test is void.");
        await Installer.RemoveAsync(Cancellation);
        Assert.AreEqual(before, await KeystoreAsync());
    }

    [TestMethod]
    public async Task OpenSSL_verifies_a_leaf_inside_the_constraints_strictly_and_refuses_one_outside()
    {
        using var ca = new TemporaryAuthority();
        var root = ca.Write("root.pem", ca.Root.ExportCertificatePem());
        var intermediate = ca.Write("intermediate.pem", ca.Certificate(Inside).IntermediateCertificates.Single().ExportCertificatePem());
        foreach (var host in new[] { Inside, Outside })
        {
            var leaf = ca.Write("leaf.pem", ca.Certificate(host).TargetCertificate.ExportCertificatePem());
            var (exitCode, output) = await Tool.RunAsync(
                "openssl",
                ["verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", host, "-CAfile", root, "-untrusted", intermediate, leaf],
                Cancellation);
            Assert.AreEqual(host == Inside, exitCode == 0, output);
            StringAssert.Contains(output, host == Inside ? "OK" : "permitted subtree violation", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public async Task The_app_is_sent_the_leaf_and_the_intermediate_and_no_root()
    {
        using var ca = new TemporaryAuthority();
        await using var server = new TlsServer(ca.Certificate);
        Assert.AreEqual(2, await SentCertificatesAsync(Inside, server.Port));
    }

    private async Task PrepareAsync()
    {
        await File.AppendAllTextAsync("/etc/passwd", $"{Person}:x:54321:54321::{PersonHome}:/bin/sh\n", Cancellation);
        await File.WriteAllTextAsync("/etc/environment", "EDITOR=vi", Cancellation);
        await Tool.MustAsync("mkdir", ["-p", $"{PersonHome}/.pki/nssdb", FirefoxProfile], Cancellation);
        await Tool.MustAsync("chown", ["-R", "54321:54321", PersonHome], Cancellation);
        await Tool.MustAsync("runuser", ["-u", Person, "--", "certutil", "-N", "--empty-password", "-d", $"sql:{PersonHome}/.pki/nssdb"], Cancellation);
        await Tool.MustAsync("certutil", ["-N", "--empty-password", "-d", $"sql:{FirefoxProfile}"], Cancellation);
        await Tool.MustAsync("update-ca-certificates", [], Cancellation);
    }

    private async Task AssertAsync(IReadOnlyList<string> clients, string host, int port, bool accepted)
    {
        foreach (var client in clients)
        {
            var result = await TrustClients.TryAsync(client, host, port, Cancellation);
            Assert.AreEqual(accepted, result.Accepted, result.Output);
        }
    }

    private async Task<int> SentCertificatesAsync(string host, int port)
    {
        var address = "127.0.0.1:" + port.ToString(CultureInfo.InvariantCulture);
        var (_, output) = await Tool.RunAsync("openssl", ["s_client", "-connect", address, "-servername", host, "-showcerts"], Cancellation);
        return output.Split("-----BEGIN CERTIFICATE-----").Length - 1;
    }

    // Databases are compared by what they say, as their tools rewrite them; everything else by path, mode, link and content.
    private async Task<string> ListingAsync()
    {
        string[] places = ["/etc/ssl", "/etc/ca-certificates", "/etc/profile.d", "/etc/environment.d", "/usr/local/share"];
        var files = places.Where(Directory.Exists).SelectMany(p => Directory.GetFileSystemEntries(p, "*", SearchOption.AllDirectories)).Append("/etc/environment")
            .Where(f => f != "/etc/ssl/certs/java/cacerts").Order(StringComparer.Ordinal).Select(f => Line(new FileInfo(f)));
        var databases = new[] { $"{PersonHome}/.pki/nssdb", FirefoxProfile }.Select(d => Tool.MustAsync("certutil", ["-L", "-d", $"sql:{d}"], Cancellation));
        return string.Join('\n', [.. files, await KeystoreAsync(), .. await Task.WhenAll(databases)]);
    }

    private async Task<string> KeystoreAsync()
    {
        var list = await Tool.MustAsync("keytool", ["-list", "-keystore", "/etc/ssl/certs/java/cacerts", "-storepass", "changeit"], Cancellation);
        return string.Join('\n', list.Split('\n').Where(l => !l.StartsWith("Your keystore", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    private static string Line(FileInfo file) => OperatingSystem.IsWindows() ? "" :
        $"{file.FullName} {file.LinkTarget ?? file.UnixFileMode + " " + Content(file)}";

    private static string Content(FileInfo file) =>
        file.Exists ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName))) : "folder";
}
