using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Doctor;
using AktoDivert.Agent.Doctor.Traps;
using AktoDivert.Agent.Policy;
using AktoDivert.Core.Processes;
using AktoDivert.Core.Wire;
using AktoDivert.Proxy.Intercept.Certificates.Trust;

namespace AktoDivert.Tests.Agent.Doctor;

[TestClass]
public sealed class TrapTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow("6.1.0-31-amd64", nameof(DoctorOutcome.Ok))]
    [DataRow("5.18.0", nameof(DoctorOutcome.Ok))]
    [DataRow("4.19.0-27-amd64", nameof(DoctorOutcome.Fail))]
    [DataRow("weird", nameof(DoctorOutcome.Warn))]
    public async Task The_kernel_must_be_young_enough(string release, string expected)
    {
        using var machine = new TemporaryState();
        machine.Write("/proc/sys/kernel/osrelease", release + "\n");
        await ExpectAsync(Enum.Parse<DoctorOutcome>(expected), new KernelVersionTrap(), machine);
    }

    [TestMethod]
    public async Task Missing_kernel_type_information_fails()
    {
        using var machine = new TemporaryState();
        await ExpectAsync(DoctorOutcome.Fail, new KernelBtfTrap(), machine);
        machine.Write("/sys/kernel/btf/vmlinux", "");
        await ExpectAsync(DoctorOutcome.Ok, new KernelBtfTrap(), machine);
    }

    [TestMethod]
    [DataRow("none [integrity] confidentiality", nameof(DoctorOutcome.Ok))]
    [DataRow("none integrity [confidentiality]", nameof(DoctorOutcome.Fail))]
    public async Task Confidentiality_lockdown_fails(string lockdown, string expected)
    {
        using var machine = new TemporaryState();
        machine.Write("/sys/kernel/security/lockdown", lockdown);
        await ExpectAsync(Enum.Parse<DoctorOutcome>(expected), new LockdownTrap(), machine);
    }

    [TestMethod]
    [DataRow("000001ffffffffff", nameof(DoctorOutcome.Ok), "")]
    [DataRow("0000000000000000", nameof(DoctorOutcome.Fail), "CAP_BPF")]
    [DataRow("0000008000001000", nameof(DoctorOutcome.Fail), "CAP_PERFMON")]
    public async Task Missing_capabilities_are_named(string effective, string expected, string named)
    {
        using var machine = new TemporaryState();
        machine.Write("/proc/self/status", $"Name:\tx\nCapEff:\t{effective}\n");
        var finding = await ExpectAsync(Enum.Parse<DoctorOutcome>(expected), new CapabilitiesTrap(), machine);
        StringAssert.Contains(finding.Finding, named);
    }

    [TestMethod]
    public async Task A_missing_library_says_which_package_has_it()
    {
        using var machine = new TemporaryState();
        var surroundings = Surroundings(machine) with { CanLoad = _ => false };
        StringAssert.Contains((await new LibbpfTrap().RunAsync(surroundings, TestContext.CancellationToken)).Fix, "libbpf1");
        StringAssert.Contains((await new ZstdTrap().RunAsync(surroundings, TestContext.CancellationToken)).Fix, "libzstd1");
    }

    [TestMethod]
    public async Task The_cgroup2_mount_is_found_wherever_it_is()
    {
        using var machine = new TemporaryState();
        machine.Write("/proc/self/mounts", "tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n");
        StringAssert.Contains((await ExpectAsync(DoctorOutcome.Ok, new CgroupTrap(), machine)).Finding, "/sys/fs/cgroup/unified");
    }

    [TestMethod]
    public async Task A_variable_that_names_a_missing_file_fails()
    {
        using var machine = new TemporaryState();
        await ExpectAsync(DoctorOutcome.Warn, new NodeExtraCaTrap(), machine);
        machine.Write("/etc/environment", "PATH=\"/bin\"\nNODE_EXTRA_CA_CERTS=\"/usr/share/x.pem\"\n");
        StringAssert.Contains((await ExpectAsync(DoctorOutcome.Fail, new NodeExtraCaTrap(), machine)).Finding, "/usr/share/x.pem");
        machine.Write("/usr/share/x.pem", "");
        await ExpectAsync(DoctorOutcome.Ok, new NodeExtraCaTrap(), machine);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task Variables_that_replace_stores_are_found_on_the_machine_and_in_running_apps()
    {
        using var machine = new TemporaryState();
        await ExpectAsync(DoctorOutcome.Ok, new ReplacingVariablesTrap(), machine);
        machine.Write("/etc/environment", "CURL_CA_BUNDLE=/x.pem\n");
        machine.Write("/proc/77/environ", "A=b\0CLAUDE_CODE_CERT_STORE=bundled\0SSL_CERT_FILE=/y.pem\0");
        machine.Write("/proc/77/cmdline", "claude\0-p\0");
        File.CreateSymbolicLink(Path.Combine(machine.Folder, "proc/77/exe"), "/opt/claude");
        var finding = (await ExpectAsync(DoctorOutcome.Warn, new ReplacingVariablesTrap(), machine)).Finding;
        StringAssert.Contains(finding, "CURL_CA_BUNDLE=/x.pem in /etc/environment");
        StringAssert.Contains(finding, "CLAUDE_CODE_CERT_STORE=bundled");
        StringAssert.Contains(finding, "SSL_CERT_FILE=/y.pem");
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task An_app_in_another_network_namespace_is_named()
    {
        using var machine = new TemporaryState();
        machine.Write("/proc/77/cmdline", "claude\0");
        Directory.CreateDirectory(Path.Combine(machine.Folder, "proc/77/ns"));
        Directory.CreateDirectory(Path.Combine(machine.Folder, "proc/self/ns"));
        File.CreateSymbolicLink(Path.Combine(machine.Folder, "proc/77/exe"), "/opt/claude");
        File.CreateSymbolicLink(Path.Combine(machine.Folder, "proc/self/ns/net"), "net:[1]");
        File.CreateSymbolicLink(Path.Combine(machine.Folder, "proc/77/ns/net"), "net:[2]");
        StringAssert.Contains((await ExpectAsync(DoctorOutcome.Warn, new NamespaceTrap(), machine)).Finding, "(77)");
        await ExpectAsync(DoctorOutcome.Warn, new RunningAppsTrap(), machine);
    }

    [TestMethod]
    public async Task A_state_directory_open_to_others_fails_with_the_command()
    {
        using var machine = new TemporaryState();
        await ExpectAsync(DoctorOutcome.Warn, new StateDirectoryTrap(), machine);
        Directory.CreateDirectory(machine.Options.StateDirectory);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(machine.Options.StateDirectory, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
            StringAssert.Contains((await ExpectAsync(DoctorOutcome.Fail, new StateDirectoryTrap(), machine)).Fix, "chmod 700");
            File.SetUnixFileMode(machine.Options.StateDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await ExpectAsync(DoctorOutcome.Ok, new StateDirectoryTrap(), machine);
        }
    }

    [TestMethod]
    public async Task Loopback_vpn_certutil_systemd_and_proxy_variables_are_looked_at()
    {
        using var machine = new TemporaryState();
        machine.Write("/proc/net/if_inet6", "fe800000000000000000000000000001 02 40 20 80 eth0\n");
        await ExpectAsync(DoctorOutcome.Warn, new Ipv6LoopbackTrap(), machine);
        machine.Write("/proc/net/if_inet6", "00000000000000000000000000000001 01 80 10 80 lo\n");
        await ExpectAsync(DoctorOutcome.Ok, new Ipv6LoopbackTrap(), machine);
        await ExpectAsync(DoctorOutcome.Ok, new TunnelTrap(), machine);
        machine.Write("/sys/class/net/tun0/tun_flags", "0x1001\n");
        StringAssert.Contains((await ExpectAsync(DoctorOutcome.Warn, new TunnelTrap(), machine)).Finding, "tun0");
        await ExpectAsync(DoctorOutcome.Warn, new CertutilTrap(), machine);
        machine.Write("/usr/bin/certutil", "");
        await ExpectAsync(DoctorOutcome.Ok, new CertutilTrap(), machine);
        await ExpectAsync(DoctorOutcome.Warn, new SystemdTrap(), machine);
        machine.Write("/etc/environment", "https_proxy=http://proxy:3128\n");
        await ExpectAsync(DoctorOutcome.Warn, new ProxyVariablesTrap(), machine);
    }

    [TestMethod]
    public async Task A_root_that_only_Javas_keystore_kept_is_found()
    {
        using var machine = new TemporaryState();
        await ExpectAsync(DoctorOutcome.Ok, new OldGenerationsTrap(), machine);
        machine.Write("/usr/local/share/ca-certificates/aktodivert-0123456789abcdef.crt", "");
        machine.Write("/etc/ssl/certs/java/cacerts", "..debian:aktodivert-0123456789abcdef.pem..");
        await ExpectAsync(DoctorOutcome.Ok, new OldGenerationsTrap(), machine);
        machine.Write("/etc/ssl/certs/java/cacerts", "..debian:aktodivert-0123456789abcdef.pem..debian:aktodivert-00000000000000aa.pem..");
        StringAssert.Contains((await ExpectAsync(DoctorOutcome.Warn, new OldGenerationsTrap(), machine)).Finding, "00000000000000aa");
    }

    [TestMethod]
    public void Packet_rules_of_others_are_recognised()
    {
        var trap = new OtherRedirectorTrap();
        Assert.AreEqual(DoctorOutcome.Ok, trap.Judge("table inet filter {\n  tcp dport 22 accept\n}\n").Outcome);
        Assert.AreEqual(DoctorOutcome.Warn, trap.Judge("-A OUTPUT -p tcp --dport 443 -j REDIRECT --to-ports 8080\n").Outcome);
        Assert.AreEqual(DoctorOutcome.Warn, trap.Judge("  tcp dport 443 redirect to :8080\n").Outcome);
    }

    [TestMethod]
    public void A_clock_two_minutes_off_fails()
    {
        var trap = new ClockTrap(null);
        var now = DateTimeOffset.UnixEpoch.AddYears(50);
        Assert.AreEqual(DoctorOutcome.Ok, trap.Judge(now.AddSeconds(90), now).Outcome);
        Assert.AreEqual(DoctorOutcome.Fail, trap.Judge(now.AddMinutes(-10), now).Outcome);
    }

    [TestMethod]
    public void A_store_without_our_root_is_named_with_its_fix()
    {
        var finding = new TrustTrap().Judge(
        [
            new TrustStoreReport("system", TrustStoreState.Installed),
            new TrustStoreReport("Java", TrustStoreState.Missing, "", "run x"),
            new TrustStoreReport("none", TrustStoreState.NotPresent),
        ]);
        Assert.AreEqual(DoctorOutcome.Warn, finding.Outcome);
        Assert.AreEqual("Java: not installed", finding.Finding);
        Assert.AreEqual("run x", finding.Fix);
    }

    [TestMethod]
    public async Task The_apps_redirected_are_counted_with_who_added_and_who_switched_them()
    {
        using var machine = new TemporaryState();
        await ExpectAsync(DoctorOutcome.Warn, new AppsTrap(), machine);
        var device = new AppsSection { Add = [new CatalogueApp("mine", "Mine", [new(ProcessSelectorKind.Name, "mine")], [], []) { Source = AppSource.Device }], Disable = ["cursor"] };
        WireApp[] console = [new() { Id = "acme-bot", Selectors = ["name acme-bot"] }, new() { Id = "browsers", Redirect = true }];
        var surroundings = Surroundings(machine) with { Apps = AppLayers.Combine(device, console, []) };

        var finding = (await new AppsTrap().RunAsync(surroundings, TestContext.CancellationToken)).Finding;

        var shipped = AppCatalogue.Shipped.Apps.Count(app => app.OnByDefault);
        Assert.AreEqual(
            $"{shipped} shipped; 1 of the organisation (acme-bot); 1 of this device (mine); cursor: shipped, switched off by this device; browsers: shipped, switched on by the organisation", finding);
    }

    private async Task<DoctorFinding> ExpectAsync(DoctorOutcome expected, IDoctorCheck check, TemporaryState machine)
    {
        var finding = await check.RunAsync(Surroundings(machine), TestContext.CancellationToken);
        Assert.AreEqual(expected, finding.Outcome, $"{finding.Name}: {finding.Finding}");
        Assert.AreEqual(expected == DoctorOutcome.Ok, finding.Fix.Length == 0, finding.Fix);
        return finding;
    }

    private static DoctorSurroundings Surroundings(TemporaryState machine) => new()
    {
        Root = machine.Folder,
        Options = machine.Options,
        Selection = new ProcessSelection(RedirectScope.AllowList, AppCatalogue.Shipped.Apps),
        Apps = [],
        Environment = new Dictionary<string, string>(),
        Time = TimeProvider.System,
    };
}
