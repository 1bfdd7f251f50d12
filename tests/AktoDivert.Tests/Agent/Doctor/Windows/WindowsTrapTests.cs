using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using AktoDivert.Agent.Doctor;
using AktoDivert.Agent.Doctor.Traps.Windows;
using AktoDivert.Agent.Service.Windows;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Windows;
using Microsoft.Win32;

namespace AktoDivert.Tests.Agent.Doctor.Windows;

[TestClass]
[DoNotParallelize]
public sealed class WindowsTrapTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow(Architecture.X64, true)]
    [DataRow(Architecture.Arm64, false)]
    public async Task There_is_a_driver_for_x64_only(Architecture machine, bool covered) =>
        Assert.AreEqual(covered ? DoctorOutcome.Ok : DoctorOutcome.Fail, (await LookAsync(new ArchitectureTrap(machine))).Outcome);

    [TestMethod]
    public async Task Missing_driver_files_are_a_fault()
    {
        var folder = Directory.CreateTempSubdirectory("aktodivert-trap-").FullName;
        var finding = await LookAsync(new DriverFilesTrap(folder));
        Directory.Delete(folder);
        Assert.AreEqual(DoctorOutcome.Fail, finding.Outcome);
        StringAssert.Contains(finding.Finding, DriverLock.FileName);
    }

    [TestMethod]
    [UnderWine]
    [SupportedOSPlatform("windows")]
    public async Task A_profile_that_blocks_all_inbound_is_named()
    {
        const string Profile = @"SOFTWARE\Policies\Microsoft\WindowsFirewall\PublicProfile";
        Assert.AreEqual(DoctorOutcome.Ok, (await LookAsync(new InboundTrap())).Outcome);
        using (var key = Registry.LocalMachine.CreateSubKey(Profile))
        {
            key.SetValue("DoNotAllowExceptions", 1);
            Assert.IsNull(FirewallPolicy.BlocksAllInbound(), "the firewall is off in that profile");
            key.SetValue("EnableFirewall", 1);
        }

        var finding = await LookAsync(new InboundTrap());
        var (reason, fix) = FirewallPolicy.Explain();
        Registry.LocalMachine.DeleteSubKeyTree(Profile);
        Assert.AreEqual(DoctorOutcome.Fail, finding.Outcome);
        StringAssert.Contains(finding.Finding, "PublicProfile");
        StringAssert.Contains(reason, "PublicProfile");
        StringAssert.Contains(fix, "Block all incoming connections");
        StringAssert.Contains(FirewallPolicy.Explain().Reason, "did not come back in");
    }

    [TestMethod]
    [UnderWine]
    [SupportedOSPlatform("windows")]
    public async Task Another_program_s_driver_and_a_disabled_one_are_told_apart()
    {
        const string Key = @"SYSTEM\CurrentControlSet\Services\WinDivert";
        Assert.AreEqual(DoctorOutcome.Ok, (await LookAsync(new DriverServiceTrap())).Outcome);
        using var service = Registry.LocalMachine.CreateSubKey(Key);
        service.SetValue("ImagePath", @"\??\C:\Tools\WinDivert64.sys");
        var foreign = await LookAsync(new DriverServiceTrap());
        service.SetValue("ImagePath", @"\??\" + Path.Combine(AppContext.BaseDirectory, "WinDivert64.sys"));
        var ours = await LookAsync(new DriverServiceTrap());
        service.SetValue("Start", 4);
        var disabled = await LookAsync(new DriverServiceTrap());
        Registry.LocalMachine.DeleteSubKeyTree(Key);
        Assert.AreEqual(DoctorOutcome.Warn, foreign.Outcome);
        StringAssert.Contains(foreign.Finding, @"C:\Tools\WinDivert64.sys");
        Assert.AreEqual(DoctorOutcome.Ok, ours.Outcome);
        Assert.AreEqual(DoctorOutcome.Fail, disabled.Outcome);
        StringAssert.Contains(disabled.Fix, "restart the machine");
    }

    [TestMethod]
    [UnderWine]
    [SupportedOSPlatform("windows")]
    public async Task Services_that_are_missing_are_said()
    {
        Assert.AreEqual(DoctorOutcome.Fail, (await LookAsync(new FilteringEngineTrap())).Outcome);
        Assert.AreEqual(DoctorOutcome.Warn, (await LookAsync(new ServiceTrap())).Outcome);
        Assert.AreEqual(DoctorOutcome.Ok, (await LookAsync(new MemoryIntegrityTrap())).Outcome);
        Assert.AreEqual(DoctorOutcome.Ok, (await LookAsync(new VirtualMachinesTrap())).Outcome);
    }

    [TestMethod]
    [UnderWine]
    [SupportedOSPlatform("windows")]
    public void The_event_source_is_made_and_removed()
    {
        // Entries cannot be read back under Wine; that they arrive is for docs/windows-verification.md.
        AgentEventLog.Register();
        AgentEventLog.Register();
        Assert.IsTrue(System.Diagnostics.EventLog.SourceExists(ServiceDefinition.Name));
        AgentEventLog.WriteFailure("a test");
        AgentEventLog.Unregister();
        AgentEventLog.Unregister();
        Assert.IsFalse(System.Diagnostics.EventLog.SourceExists(ServiceDefinition.Name));
    }

    private async Task<DoctorFinding> LookAsync(IDoctorCheck trap)
    {
        using var machine = new TemporaryState();
        return await trap.RunAsync(
            new DoctorSurroundings
            {
                Root = machine.Folder, Options = machine.Options, Selection = new ProcessSelection(RedirectScope.AllowList, []), Apps = [],
                Environment = new Dictionary<string, string>(), Time = TimeProvider.System,
            },
            TestContext.CancellationToken);
    }
}
