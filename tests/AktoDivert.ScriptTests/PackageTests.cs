using System.Diagnostics;
using System.IO.Compression;
using AktoDivert.Tests.Shared;

namespace AktoDivert.ScriptTests;

/// <summary>packaging/windows/package.sh: what an administrator unpacks.</summary>
[TestClass]
public sealed class PackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aktodivert-package-").FullName;

    private string Published => Path.Combine(_folder, "win-x64");

    private string Zip => Path.Combine(_folder, "aktodivert-win-x64.zip");

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task The_zip_holds_program_driver_scripts_and_pins()
    {
        var driver = Directory.CreateDirectory(Path.Combine(_folder, "driver")).FullName;
        foreach (var name in new[] { "WinDivert.dll", "WinDivert64.sys", "WinDivert-LICENSE.txt" })
        {
            await File.WriteAllTextAsync(Path.Combine(driver, name), name, TestContext.CancellationToken);
        }

        await PackageAsync(driver);
        await using var zip = await ZipFile.OpenReadAsync(Zip, TestContext.CancellationToken);
        CollectionAssert.AreEquivalent(
            new[]
            {
                "aktodivert.exe", "install.ps1", "uninstall.ps1", "verify.ps1", "windivert.lock.json", "LICENSE",
                "WinDivert.dll", "WinDivert64.sys", "WinDivert-LICENSE.txt",
            },
            zip.Entries.Select(entry => entry.FullName).Where(name => name is not "./").ToArray());
        using var pins = new StreamReader(await zip.GetEntry("windivert.lock.json")!.OpenAsync(TestContext.CancellationToken));
        Assert.AreEqual(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "drivers", "windivert.lock.json"), TestContext.CancellationToken),
            await pins.ReadToEndAsync(TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task Without_a_driver_there_is_no_zip()
    {
        await PackageAsync();
        Assert.IsTrue(File.Exists(Path.Combine(Published, "install.ps1")));
        Assert.IsFalse(File.Exists(Zip));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task PackageAsync(params string[] driver)
    {
        Directory.CreateDirectory(Published);
        await File.WriteAllTextAsync(Path.Combine(Published, "aktodivert.exe"), "program", TestContext.CancellationToken);
        using var process = Process.Start(Path.Combine(Repository.Root, "packaging", "windows", "package.sh"), [Published, .. driver]);
        await process.WaitForExitAsync(TestContext.CancellationToken);
        Assert.AreEqual(0, process.ExitCode);
    }
}
