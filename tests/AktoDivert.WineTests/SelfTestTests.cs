namespace AktoDivert.WineTests;

/// <summary>A firewall that keeps reflected connections from the listener: all connections go direct, and it is said why.</summary>
[TestClass]
public sealed class SelfTestTests
{
    private const string Host = "api.anthropic.com";

    [TestMethod]
    public async Task A_self_test_that_fails_leaves_all_direct_says_why_and_is_repeated()
    {
        await using var machine = await WineMachine.CreateAsync();
        await using var server = await machine.StartServerAsync(Host);
        var (app, pid) = await machine.StartAppAsync("claude.exe");
        await using var ends = app;
        await WineMachine.RunOnLinuxAsync("nft", "add table ip wall; add chain ip wall in { type filter hook input priority 0; }; add rule ip wall in tcp dport != 443 ip saddr 192.0.2.1 drop");
        await using var agent = await machine.StartAgentAsync("the self test failed");

        Assert.IsFalse(await IsCarriedAsync(machine, pid));
        var (_, status, _) = await machine.RunAsync(@"Z:\out\agent\aktodivert.exe", "status");
        StringAssert.Contains(status, "windivert: Unavailable; the self test failed");
        StringAssert.Contains(status, "AktoDivert listener");
        var (_, findings, _) = await machine.RunAsync(@"Z:\out\agent\aktodivert.exe", "doctor");
        StringAssert.Contains(findings, "the self test failed");

        await WineMachine.RunOnLinuxAsync("nft", "delete table ip wall");
        await agent.WaitForAsync("redirect engine windivert active", TimeSpan.FromMinutes(3));

        // The apps are selected a moment after that.
        var isCarried = false;
        for (var attempt = 0; attempt < 20 && !isCarried; attempt++)
        {
            isCarried = await IsCarriedAsync(machine, pid);
        }

        Assert.IsTrue(isCarried);
    }

    private static async Task<bool> IsCarriedAsync(WineMachine machine, int pid)
    {
        var result = (await machine.ConnectAsync(pid, Host, 1000, 1000, 1)).Single();
        Assert.IsNull(result.Fault);
        Assert.IsTrue(result.UpEqual && result.DownEqual, result.ToString());
        return result.WasCarried;
    }
}
