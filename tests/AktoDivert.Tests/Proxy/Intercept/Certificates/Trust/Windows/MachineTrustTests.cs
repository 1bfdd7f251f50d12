using System.Runtime.Versioning;
using AktoDivert.Proxy.Intercept.Certificates.Trust;
using AktoDivert.Proxy.Intercept.Certificates.Trust.Windows;
using Microsoft.Win32;

namespace AktoDivert.Tests.Proxy.Intercept.Certificates.Trust.Windows;

/// <summary>What is written to the machine's registry and store. Whether anybody then trusts, Wine cannot tell.</summary>
[TestClass]
[DoNotParallelize]
[UnderWine]
[SupportedOSPlatform("windows")]
public sealed class MachineTrustTests
{
    private const string Policy = @"SOFTWARE\Policies\Mozilla\Firefox\Certificates";

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public void Variables_are_set_for_the_machine_and_removed()
    {
        const string Name = "AKTODIVERT_TEST";
        var variables = new MachineVariables();
        variables.Set(Name, @"C:\x.pem");
        using (var environment = Registry.LocalMachine.OpenSubKey(@"SYSTEM\CurrentControlSet\Control\Session Manager\Environment"))
        {
            Assert.AreEqual(@"C:\x.pem", environment!.GetValue(Name));
        }

        Assert.AreEqual(@"C:\x.pem", variables.Get(Name));
        variables.Set(Name, null);
        Assert.IsNull(variables.Get(Name));
    }

    [TestMethod]
    public async Task A_root_goes_into_the_machine_s_store()
    {
        // That it goes out of it again is for tools/windows/verify.ps1 and uninstall.ps1 to show: under Wine a removed root stays.
        var store = new RootTrustStore();
        var root = TestAnchor.Of(1);
        Assert.IsFalse(await store.ContainsAsync(root, TestContext.CancellationToken));
        await store.InstallAsync(root, TestContext.CancellationToken);
        Assert.IsTrue(await store.ContainsAsync(root, TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task Firefox_s_policy_is_set_and_taken_back()
    {
        var store = new FirefoxPolicy();
        await store.InstallAsync(TestAnchor.Of(1), TestContext.CancellationToken);
        Assert.AreEqual(1, PolicyValue());
        Assert.IsTrue(store.IsPresent);
        await store.RemoveAllButAsync(null, TestContext.CancellationToken);
        Assert.IsNull(PolicyValue());
    }

    [TestMethod]
    public async Task A_policy_of_somebody_else_stays_and_is_said()
    {
        using (var key = Registry.LocalMachine.CreateSubKey(Policy))
        {
            key.SetValue("ImportEnterpriseRoots", 0);
        }

        var store = new FirefoxPolicy();
        var refused = await Assert.ThrowsExactlyAsync<TrustStoreException>(() => store.ContainsAsync(TestAnchor.Of(1), TestContext.CancellationToken));
        StringAssert.Contains(refused.Message, "ImportEnterpriseRoots is 0");
        await store.InstallAsync(TestAnchor.Of(1), TestContext.CancellationToken);
        await store.RemoveAllButAsync(null, TestContext.CancellationToken);
        Assert.AreEqual(0, PolicyValue());
        Registry.LocalMachine.DeleteSubKeyTree(Policy);
    }

    private static object? PolicyValue()
    {
        using var key = Registry.LocalMachine.OpenSubKey(Policy);
        return key?.GetValue("ImportEnterpriseRoots");
    }
}
