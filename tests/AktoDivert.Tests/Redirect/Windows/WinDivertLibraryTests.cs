using AktoDivert.Redirect.Windows;

namespace AktoDivert.Tests.Redirect.Windows;

[TestClass]
public sealed class WinDivertLibraryTests
{
    private static readonly string LockFile = Path.Combine(Repository(), "drivers", DriverLock.FileName);

    [TestMethod]
    public void The_lock_file_pins_version_2_2_2_and_both_files()
    {
        var pins = DriverLock.Parse(File.ReadAllText(LockFile))!;
        Assert.AreEqual("2.2.2", pins.Version);
        Assert.AreEqual(64, pins.HashOf(WinDivertLibrary.Library)!.Length);
        Assert.AreEqual(64, pins.HashOf(WinDivertLibrary.Driver)!.Length);
        Assert.IsNull(pins.HashOf("other.dll"));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("{}")]
    [DataRow("[]")]
    [DataRow("{\"version\":\"2.2.2\",\"files\":[{\"name\":\"x\"}]}")]
    [DataRow("{\"version\":\"2.2.2\",\"files\":3}")]
    public void A_damaged_lock_file_is_none(string text) => Assert.IsNull(DriverLock.Parse(text));

    [TestMethod]
    public void Files_are_taken_only_when_their_hashes_are_pinned()
    {
        var folder = Directory.CreateTempSubdirectory("aktodivert-driver-").FullName;
        try
        {
            StringAssert.Contains(new WinDivertLibrary(folder).Load(), "windivert.lock.json is missing");
            File.WriteAllText(Path.Combine(folder, DriverLock.FileName), "damaged");
            StringAssert.Contains(new WinDivertLibrary(folder).Load(), "damaged");

            File.WriteAllText(Path.Combine(folder, DriverLock.FileName), Pins("one", "two"));
            StringAssert.Contains(new WinDivertLibrary(folder).Load(), "WinDivert.dll is missing");
            File.WriteAllText(Path.Combine(folder, WinDivertLibrary.Library), "tampered");
            File.WriteAllText(Path.Combine(folder, WinDivertLibrary.Driver), "two");
            StringAssert.Contains(new WinDivertLibrary(folder).Load(), "is not the file of WinDivert 2.2.2");

            File.WriteAllText(Path.Combine(folder, WinDivertLibrary.Library), "one");
            using (var library = new WinDivertLibrary(folder))
            {
                Assert.IsNull(library.Check());
            }

            File.WriteAllText(Path.Combine(folder, WinDivertLibrary.Driver), "other");
            StringAssert.Contains(new WinDivertLibrary(folder).Load(), "WinDivert64.sys is not the file");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    public void What_is_no_library_is_not_loaded()
    {
        var folder = Directory.CreateTempSubdirectory("aktodivert-driver-").FullName;
        File.WriteAllText(Path.Combine(folder, DriverLock.FileName), Pins("one", "two"));
        File.WriteAllText(Path.Combine(folder, WinDivertLibrary.Library), "one");
        File.WriteAllText(Path.Combine(folder, WinDivertLibrary.Driver), "two");
        StringAssert.Contains(new WinDivertLibrary(folder).Load(), "could not be loaded");
        Directory.Delete(folder, recursive: true);
    }

    private static string Pins(string library, string driver) => $$"""
        { "version": "2.2.2", "files": [
          { "name": "WinDivert.dll", "sha256": "{{HashOf(library)}}" },
          { "name": "WinDivert64.sys", "sha256": "{{HashOf(driver)}}" } ] }
        """;

    private static string HashOf(string text)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        return DriverLock.Hash(stream);
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "AktoDivert.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
