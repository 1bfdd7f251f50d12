namespace AktoDivert.ScriptTests;

/// <summary>packaging/windows/install.ps1 and uninstall.ps1, run by PowerShell on a played Windows.</summary>
[TestClass]
[DoNotParallelize]
[OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
public sealed class InstallTests : IDisposable
{
    private const string SystemAndAdministrators = "protected True, inherited kept False; owner S-1-5-32-544; "
        + "Allow S-1-5-18 FullControl ContainerInherit,ObjectInherit; Allow S-1-5-32-544 FullControl ContainerInherit,ObjectInherit";

    private readonly PlayedWindows _machine = new();

    private string InstallScript => Path.Combine(_machine.Package, "install.ps1");

    private string UninstallScript => Path.Combine(_machine.Installed, "uninstall.ps1");

    private string Log => File.ReadAllText(Path.Combine(_machine.Data, "install.log"));

    [AssemblyInitialize]
    public static void BeforeAnyScriptIsRead(TestContext context)
    {
        _ = context;
        PlayedWindows.PlayFirst();
    }

    [TestMethod]
    public void Installing_copies_the_package_and_starts_the_service()
    {
        var (code, output, error) = Install();
        Assert.AreEqual(0, code, output + error);
        Assert.AreEqual("", error);
        CollectionAssert.AreEqual(
            new[] { "enrol https://console.example secret-token", "service install", "trust install", "service start" }, _machine.Calls);
        Assert.AreEqual("Running", _machine.Service);
        CollectionAssert.AreEquivalent(Names(_machine.Package), Names(_machine.Installed));
        CollectionAssert.AreEqual(
            new[] { $"protect AktoDivert: {SystemAndAdministrators}", $"protect AktoDivert: {SystemAndAdministrators}; Allow S-1-5-32-545 ReadAndExecute ContainerInherit,ObjectInherit" },
            _machine.Done.ToArray());
        StringAssert.EndsWith(output.TrimEnd(), " installed");
        StringAssert.EndsWith(Log.TrimEnd(), " installed");
        Assert.DoesNotContain("secret-token", Log + output);
    }

    [TestMethod]
    public void Installing_again_stops_the_service_and_leaves_only_files_of_the_new_version()
    {
        Install();
        File.WriteAllText(Path.Combine(_machine.Installed, "of-version-1.dll"), "");
        _machine.WritePackage("2");
        _machine.Forget();

        var (code, output, error) = _machine.Run(InstallScript);
        Assert.AreEqual(0, code, output + error);
        CollectionAssert.AreEqual(new[] { "service install", "trust install", "service start" }, _machine.Calls);
        Assert.AreEqual("stop service AktoDivert", _machine.Done[1]);
        Assert.AreEqual("Running", _machine.Service);
        CollectionAssert.AreEquivalent(Names(_machine.Package), Names(_machine.Installed));
        Assert.AreEqual("2", File.ReadAllText(Path.Combine(_machine.Installed, "version.txt")));
    }

    [TestMethod]
    [DataRow("driver", true)]
    [DataRow("another driver", false)]
    public void A_driver_that_is_the_same_is_not_touched_and_another_is_stopped_first(string driver, bool same)
    {
        var installed = Path.Combine(_machine.Installed, "WinDivert64.sys");
        Install();
        File.SetLastWriteTimeUtc(installed, DateTime.UnixEpoch);
        _machine.DriverPath = $@"\??\{installed}";
        _machine.WritePackage("2", driver);
        _machine.Forget();

        Assert.AreEqual(0, _machine.Run(InstallScript).Code);
        Assert.AreEqual(same, File.GetLastWriteTimeUtc(installed) == DateTime.UnixEpoch);
        Assert.AreEqual(!same, _machine.Done.Contains("sc stop WinDivert"));
        Assert.AreEqual(driver, File.ReadAllText(installed));
    }

    [TestMethod]
    public void Somebody_elses_driver_is_not_stopped()
    {
        Install();
        _machine.DriverPath = @"\??\C:\Other\WinDivert64.sys";
        _machine.WritePackage("2", "another driver");
        Assert.AreEqual(0, _machine.Run(InstallScript).Code);
        Assert.DoesNotContain("sc stop WinDivert", _machine.Done);
    }

    [TestMethod]
    public void Another_file_than_the_lock_says_stops_before_anything_is_changed()
    {
        Install();
        _machine.WritePackage("2");
        File.WriteAllText(Path.Combine(_machine.Package, "WinDivert.dll"), "tampered");
        _machine.Forget();

        var (code, output, _) = _machine.Run(InstallScript);
        Assert.AreEqual(1, code);
        StringAssert.Contains(output, "failed: WinDivert.dll has SHA-256");
        StringAssert.Contains(Log, "nothing was changed");
        Assert.IsEmpty(_machine.Calls);
        Assert.AreEqual("Running", _machine.Service);
        Assert.AreEqual("1", File.ReadAllText(Path.Combine(_machine.Installed, "version.txt")));
        CollectionAssert.AreEqual(new[] { $"protect AktoDivert: {SystemAndAdministrators}" }, _machine.Done.ToArray());
    }

    [TestMethod]
    [DataRow("enrol", "enrolment failed")]
    [DataRow("service install", "the service could not be installed")]
    [DataRow("service start", "the service did not start")]
    public void A_step_that_fails_is_said_with_what_the_agent_said(string step, string reason)
    {
        _machine.Refuse(step);
        var (code, output, _) = Install();
        Assert.AreEqual(1, code);
        StringAssert.EndsWith(output.TrimEnd(), $"failed: {reason}");
        StringAssert.Contains(Log, $"aktodivert {step.Split(' ')[0]} -> 1 {step}");
    }

    [TestMethod]
    public void A_trust_store_that_refuses_does_not_stop_the_installation()
    {
        _machine.Refuse("trust install");
        var (code, output, _) = Install();
        Assert.AreEqual(0, code);
        StringAssert.Contains(output, "a trust store could not be changed");
        Assert.AreEqual("Running", _machine.Service);
    }

    [TestMethod]
    public void Trust_is_left_alone_on_request()
    {
        Assert.AreEqual(0, _machine.Run(InstallScript, ("NoTrust", true)).Code);
        CollectionAssert.AreEqual(new[] { "service install", "service start" }, _machine.Calls);
    }

    [TestMethod]
    [DataRow("ARM64", 22_631, true, 2, "this is ARM64")]
    [DataRow("AMD64", 17_134, true, 2, "build 17134")]
    [DataRow("AMD64", 22_631, false, 4, "as Administrator")]
    public void A_machine_or_user_that_cannot_is_told_so_and_left_alone(string architecture, int build, bool administrator, int expected, string said)
    {
        (_machine.Architecture, _machine.Build, _machine.IsAdministrator) = (architecture, build, administrator);
        var (code, _, error) = Install();
        Assert.AreEqual(expected, code);
        StringAssert.Contains(error, said);
        Assert.IsEmpty(_machine.Calls);
        Assert.IsFalse(Directory.Exists(_machine.Data) || Directory.Exists(_machine.Installed));
    }

    [TestMethod]
    public void A_link_in_place_of_the_folder_is_refused_and_not_written_through()
    {
        var others = Directory.CreateDirectory(Path.Combine(_machine.ProgramData, "others")).FullName;
        Directory.CreateSymbolicLink(_machine.Data, others);
        var (code, _, error) = Install();
        Assert.AreEqual(1, code);
        StringAssert.Contains(error, "is a link");
        Assert.IsEmpty(Directory.GetFileSystemEntries(others));
    }

    [TestMethod]
    public void The_installed_program_is_no_package()
    {
        Install();
        _machine.Forget();
        var (code, output, _) = _machine.Run(Path.Combine(_machine.Installed, "install.ps1"));
        Assert.AreEqual(1, code);
        StringAssert.Contains(output, "from the unpacked package");
        Assert.IsEmpty(_machine.Calls);
        Assert.IsTrue(File.Exists(Path.Combine(_machine.Installed, "aktodivert.exe")));
    }

    [TestMethod]
    public void Started_by_32_bit_PowerShell_they_go_on_in_the_64_bit_one()
    {
        var uninstall = Path.Combine(_machine.Package, "uninstall.ps1");
        PlayedWindows.WriteProgram(Path.Combine(_machine.Windows, "sysnative", "WindowsPowerShell", "v1.0", "powershell.exe"));
        _machine.Is64BitProcess = false;
        Assert.AreEqual(0, _machine.Run(InstallScript, ("ConsoleUrl", "https://console.example"), ("NoTrust", true)).Code);
        Assert.AreEqual(0, _machine.Run(uninstall).Code);
        CollectionAssert.AreEqual(
            new[]
            {
                $"-NoProfile -ExecutionPolicy Bypass -File {InstallScript} -ConsoleUrl https://console.example -NoTrust",
                $"-NoProfile -ExecutionPolicy Bypass -File {uninstall}",
            },
            _machine.Calls);
        Assert.IsEmpty(_machine.Done);
    }

    [TestMethod]
    public void Uninstalling_leaves_nothing()
    {
        Install();
        WriteKey("AktoDivert device CA 1");
        Directory.CreateDirectory(Path.Combine(_machine.Registry, "SOFTWARE", "AktoDivert"));
        _machine.Forget();

        var (code, output, error) = _machine.Run(UninstallScript);
        Assert.AreEqual(0, code, output + error);
        CollectionAssert.AreEqual(new[] { "trust remove", "service uninstall" }, _machine.Calls);
        CollectionAssert.AreEqual(new[] { "delete key AktoDivert device CA 1" }, _machine.Done.ToArray());
        StringAssert.EndsWith(output.TrimEnd(), "uninstalled: nothing is left");
        Assert.IsNull(_machine.Service);
        Assert.IsEmpty(Directory.GetFileSystemEntries(_machine.ProgramFiles));
        Assert.IsEmpty(Directory.GetFileSystemEntries(_machine.ProgramData));
        Assert.IsEmpty(Directory.GetFileSystemEntries(Path.Combine(_machine.Registry, "SOFTWARE")));

        // Nothing is there for a second time, which is no fault.
        _machine.Forget();
        Assert.AreEqual(0, _machine.Run(Path.Combine(_machine.Package, "uninstall.ps1")).Code);
        Assert.IsEmpty(_machine.Calls);
    }

    [TestMethod]
    public void State_is_kept_on_request()
    {
        Install();
        WriteKey("AktoDivert device CA 1");
        _machine.Forget();
        Assert.AreEqual(0, _machine.Run(UninstallScript, ("KeepState", true)).Code);
        Assert.IsEmpty(_machine.Done);
        Assert.IsTrue(Directory.Exists(Path.Combine(_machine.Data, "state", "ca")));
        Assert.IsFalse(Directory.Exists(_machine.Installed));
    }

    [TestMethod]
    public void What_is_left_is_named()
    {
        Install();
        _machine.Refuse("trust remove");
        _machine.Refuse("service uninstall");
        _machine.Roots = ["CN=AktoDivert device CA pc-1", "CN=Somebody else"];
        _machine.DriverPath = $@"\??\{_machine.Installed}\WinDivert64.sys";
        _machine.HasFirewallRule = true;
        _machine.Variables["NODE_EXTRA_CA_CERTS"] = Path.Combine(_machine.Data, "public", "root.pem");

        var (code, _, error) = _machine.Run(UninstallScript);
        Assert.AreEqual(1, code);
        string[] left =
        [
            "a trust store could not be cleaned", "the service could not be removed", "service AktoDivert (", "driver service WinDivert",
            "a root of ours in LocalMachine\\Root", "the variable NODE_EXTRA_CA_CERTS", "the firewall rule",
        ];
        var said = error.Split('\n').Where(line => line.StartsWith("left: ", StringComparison.Ordinal)).Select(line => line["left: ".Length..]).ToArray();
        Assert.HasCount(left.Length, said, error);
        foreach (var (expected, line) in left.Zip(said))
        {
            StringAssert.StartsWith(line, expected);
        }
    }

    [TestMethod]
    public void Only_an_Administrator_uninstalls()
    {
        Install();
        _machine.Forget();
        _machine.IsAdministrator = false;
        Assert.AreEqual(4, _machine.Run(UninstallScript).Code);
        Assert.IsEmpty(_machine.Calls);
        Assert.AreEqual("Running", _machine.Service);
    }

    public void Dispose() => _machine.Dispose();

    private static string[] Names(string folder) => [.. Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).OfType<string>()];

    // As GenerationFolder writes a key that CNG holds.
    private void WriteKey(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_machine.Data, "state", "ca", "1")).FullName;
        File.WriteAllText(Path.Combine(folder, "anthropic.key"), "cng:" + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(name)));
    }

    private (int Code, string Output, string Error) Install() =>
        _machine.Run(InstallScript, ("ConsoleUrl", "https://console.example"), ("Token", "secret-token"));
}
