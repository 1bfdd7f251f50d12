using System.Diagnostics;
using System.Runtime.Versioning;
using AktoDivert.Redirect.Windows;

namespace AktoDivert.Tests.Redirect.Windows;

[TestClass]
[OSCondition(OperatingSystems.Windows)]
[SupportedOSPlatform("windows")]
public sealed class WindowsProcessResolverTests
{
    private readonly WindowsProcessResolver _resolver = new(new PublisherCache(static _ => "Somebody"));

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public void A_process_is_known_by_path_start_and_user()
    {
        using var self = Process.GetCurrentProcess();
        var found = _resolver.Resolve(Environment.ProcessId)!;
        Assert.AreEqual(Environment.ProcessPath, found.Identity.Path, ignoreCase: true);
        Assert.AreEqual(Path.GetFileName(Environment.ProcessPath), found.Identity.Name, ignoreCase: true);
        Assert.AreEqual(self.StartTime.ToUniversalTime(), found.Started.UtcDateTime);
        StringAssert.EndsWith(found.Identity.UserName, Environment.UserName, StringComparison.OrdinalIgnoreCase);
        Assert.AreEqual("", found.Identity.PackageFamily);
        Assert.Contains(Environment.ProcessId, _resolver.RunningProcesses());
    }

    [TestMethod]
    [NotUnderWine("it tells nobody the command line of a process")]
    public void The_arguments_of_a_process_are_known() => CollectionAssert.AreEqual(
        Environment.GetCommandLineArgs()[1..], _resolver.Resolve(Environment.ProcessId)!.Identity.Arguments.Skip(1).ToArray());

    [TestMethod]
    public async Task A_child_names_its_parent()
    {
        using var child = Process.Start(new ProcessStartInfo(Path.Combine(Environment.SystemDirectory, "cmd.exe"), ["/c", "set /p line="])
        {
            RedirectStandardInput = true,
        })!;
        var found = _resolver.Resolve(child.Id)!;
        Assert.AreEqual("cmd.exe", found.Identity.Name, ignoreCase: true);
        Assert.AreEqual(Environment.ProcessId, found.Identity.ParentPid);
        child.StandardInput.Close();
        await child.WaitForExitAsync(TestContext.CancellationToken);
    }

    [TestMethod]
    public void A_number_of_no_process_is_nobody() => Assert.IsNull(_resolver.Resolve(0x7ffffffc));
}
