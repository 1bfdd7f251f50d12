using System.Runtime.Versioning;
using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Proxy.Intercept.Certificates.Trust;
using AktoDivert.Tests.Proxy.Intercept.Certificates.Trust;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.Tests.Proxy.Intercept.Certificates;

// A stand-in that was just written cannot be started while another thread forks, and holds it open, at that moment.
[DoNotParallelize]
[TestClass]
[OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
[UnsupportedOSPlatform("windows")]
public sealed class AuthorityRolloverTests : IDisposable
{
    private readonly FakeDevice _device = new();
    private readonly TestCertificateAuthority _ca = new();
    private readonly AuthorityRollover _rollover;

    public AuthorityRolloverTests() => _rollover = Rollover(_ca.Authority);

    public required TestContext TestContext { get; init; }

    public void Dispose()
    {
        _rollover.Dispose();
        _ca.Dispose();
        _device.Dispose();
    }

    [TestMethod]
    public async Task The_first_generation_is_made_and_left_to_the_administrator_to_trust()
    {
        var before = _device.Listing();
        Assert.AreEqual(RolloverOutcome.Switched, (await EnsureAsync("anthropic.com")).Outcome);
        Assert.IsTrue(_ca.Authority.Covers("api.anthropic.com"));
        Assert.AreEqual(before, _device.Listing());
        Assert.AreEqual(RolloverOutcome.Unchanged, (await EnsureAsync("api.anthropic.com")).Outcome);
        Assert.AreEqual(1, _ca.Authority.Generation);
    }

    [TestMethod]
    public async Task A_list_that_outgrows_the_constraints_is_installed_switched_and_the_old_one_removed()
    {
        await EnsureAsync("anthropic.com");
        var old = _ca.Authority.Root!;
        await _device.Installer.InstallAsync(old, TestContext.CancellationToken);

        var result = await EnsureAsync("anthropic.com", "openai.com");
        Assert.AreEqual(RolloverOutcome.Switched, result.Outcome);
        Assert.AreEqual(2, _ca.Authority.Generation);
        Assert.IsTrue(_ca.Authority.Covers("openai.com"));
        Assert.AreEqual(2, await TrustedByAsync(_ca.Authority.Root!));
        Assert.AreEqual(0, await TrustedByAsync(old));
        Assert.HasCount(1, Directory.GetDirectories(_ca.Path));
        Assert.AreEqual(_ca.Authority.Root, _ca.Open().Root);
    }

    [TestMethod]
    public async Task A_store_that_does_not_take_the_new_root_keeps_the_old_generation_in_force()
    {
        await EnsureAsync("anthropic.com");
        var old = _ca.Authority.Root!;
        await _device.Installer.InstallAsync(old, TestContext.CancellationToken);
        _device.Tool("update-ca-trust", "exit 1");

        var result = await EnsureAsync("anthropic.com", "openai.com");
        Assert.AreEqual(RolloverOutcome.Refused, result.Outcome);
        Assert.IsTrue(result.Stores.Any(s => s.State == TrustStoreState.Failed));
        Assert.AreEqual(old, _ca.Authority.Root);
        Assert.IsFalse(_ca.Authority.Covers("openai.com"));
        Assert.HasCount(1, Directory.GetFiles(_ca.Path, "*.key", SearchOption.AllDirectories));
    }

    [TestMethod]
    public async Task A_crash_after_the_new_root_was_installed_is_rolled_back_at_start()
    {
        await EnsureAsync("anthropic.com");
        await _device.Installer.InstallAsync(_ca.Authority.Root!, TestContext.CancellationToken);
        var before = _device.Listing();
        var staged = _ca.Authority.Stage(["anthropic.com", "openai.com"]);
        await _device.Installer.InstallAsync(staged.Root, TestContext.CancellationToken);

        var restarted = _ca.Open();
        await RecoverAsync(restarted);
        Assert.AreEqual(1, restarted.Generation);
        Assert.AreEqual(before, _device.Listing());
        Assert.HasCount(1, Directory.GetDirectories(_ca.Path));
    }

    [TestMethod]
    public async Task A_crash_after_the_switch_is_finished_at_start()
    {
        await EnsureAsync("anthropic.com");
        var old = _ca.Authority.Root!;
        await _device.Installer.InstallAsync(old, TestContext.CancellationToken);
        var staged = _ca.Authority.Stage(["anthropic.com", "openai.com"]);
        await _device.Installer.InstallAsync(staged.Root, TestContext.CancellationToken);
        _ca.Authority.Activate(staged);

        var restarted = _ca.Open();
        await RecoverAsync(restarted);
        Assert.AreEqual(2, restarted.Generation);
        Assert.AreEqual(2, await TrustedByAsync(restarted.Root!));
        Assert.AreEqual(0, await TrustedByAsync(old));
        Assert.HasCount(1, Directory.GetDirectories(_ca.Path));
    }

    [TestMethod]
    public async Task A_root_that_cannot_be_removed_now_has_no_keys_and_is_removed_at_the_next_start()
    {
        await EnsureAsync("anthropic.com");
        var staged = _ca.Authority.Stage(["anthropic.com", "openai.com"]);
        await _device.Installer.InstallAsync(staged.Root, TestContext.CancellationToken);
        var works = _device.Read("/usr/sbin/update-ca-trust");
        _device.Tool("update-ca-trust", "exit 1");
        await RecoverAsync(_ca.Open());
        Assert.HasCount(2, Directory.GetDirectories(_ca.Path));
        Assert.HasCount(1, Directory.GetFiles(_ca.Path, "*.key", SearchOption.AllDirectories));

        _device.Tool("update-ca-trust", works);
        await RecoverAsync(_ca.Open());
        Assert.HasCount(1, Directory.GetDirectories(_ca.Path));
        Assert.AreEqual(0, await TrustedByAsync(staged.Root));
    }

    private Task<RolloverResult> EnsureAsync(params string[] domains) => _rollover.EnsureCoversAsync(domains, TestContext.CancellationToken);

    private async Task RecoverAsync(DeviceAuthority authority)
    {
        using var rollover = Rollover(authority);
        await rollover.RecoverAsync(TestContext.CancellationToken);
    }

    private AuthorityRollover Rollover(DeviceAuthority authority) => new(authority, _device.Installer, NullLogger<AuthorityRollover>.Instance);

    private async Task<int> TrustedByAsync(System.Security.Cryptography.X509Certificates.X509Certificate2 root) =>
        (await _device.Installer.ShowAsync(root, TestContext.CancellationToken)).Count(r => r.State == TrustStoreState.Installed);
}
