using System.IO.Compression;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Text.Json;
using AktoDivert.Tests.Shared;

namespace AktoDivert.ScriptTests;

/// <summary>drivers/restore.ps1, run by PowerShell; only the check of the signature, which Linux lacks, is played.</summary>
[TestClass]
public sealed class RestoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aktodivert-restore-").FullName;

    private string Archive => Path.Combine(_folder, "archive.zip");

    private string Destination => Path.Combine(_folder, "out");

    public RestoreTests()
    {
        File.Copy(Path.Combine(Repository.Root, "drivers", "restore.ps1"), Path.Combine(_folder, "restore.ps1"));
        using var zip = ZipFile.Open(Archive, ZipArchiveMode.Create);
        foreach (var (name, text) in new[] { ("x64/WinDivert.dll", "library"), ("x64/WinDivert64.sys", "driver"), ("LICENSE", "licence") })
        {
            using var writer = new StreamWriter(zip.CreateEntry("WinDivert-2.2.2-A/" + name).Open());
            writer.Write(text);
        }
    }

    [TestMethod]
    public void What_the_lock_file_says_is_unpacked()
    {
        WriteLock(Hash(File.ReadAllBytes(Archive)), Hash("library"u8));
        Assert.AreEqual("", Run("Valid", "0011"));
        Assert.AreEqual("library", File.ReadAllText(Path.Combine(Destination, "WinDivert.dll")));
        Assert.AreEqual("driver", File.ReadAllText(Path.Combine(Destination, "WinDivert64.sys")));
    }

    [TestMethod]
    public void Another_archive_is_refused()
    {
        WriteLock(new string('0', 64), Hash("library"u8));
        StringAssert.Contains(Run("Valid", "0011"), "refused: the archive has SHA-256");
        Assert.IsFalse(Directory.Exists(Destination));
    }

    [TestMethod]
    public void Another_file_in_it_is_refused()
    {
        WriteLock(Hash(File.ReadAllBytes(Archive)), Hash("another"u8));
        StringAssert.Contains(Run("Valid", "0011"), "refused: x64/WinDivert.dll has SHA-256");
        Assert.IsFalse(Directory.Exists(Destination));
    }

    [TestMethod]
    [DataRow("HashMismatch", "0011")]
    [DataRow("Valid", "2233")]
    public void Another_signer_is_refused_and_nothing_stays(string status, string thumbprint)
    {
        WriteLock(Hash(File.ReadAllBytes(Archive)), Hash("library"u8));
        StringAssert.Contains(Run(status, thumbprint), "refused: WinDivert64.sys is signed by");
        Assert.IsFalse(Directory.Exists(Destination));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private void WriteLock(string archive, string library) => File.WriteAllText(Path.Combine(_folder, "windivert.lock.json"), JsonSerializer.Serialize(new
    {
        version = "2.2.2",
        archive = new { url = "http://127.0.0.1:1/", sha256 = archive, folder = "WinDivert-2.2.2-A" },
        files = new object[]
        {
            new { path = "x64/WinDivert.dll", name = "WinDivert.dll", sha256 = library },
            new { path = "x64/WinDivert64.sys", name = "WinDivert64.sys", sha256 = Hash("driver"u8), signerThumbprint = "0011" },
        },
    }));

    private string Run(string status, string thumbprint)
    {
        using var shell = PowerShell.Create();
        shell.AddScript($$"""
            function Get-AuthenticodeSignature([string] $LiteralPath) {
                [pscustomobject]@{ Status = '{{status}}'; SignerCertificate = [pscustomobject]@{ Thumbprint = '{{thumbprint}}'; Subject = 'CN=somebody' } }
            }
            & '{{Path.Combine(_folder, "restore.ps1")}}' -Archive '{{Archive}}' -Destination '{{Destination}}'
            """);
        try
        {
            shell.Invoke();
            return string.Join('\n', shell.Streams.Error);
        }
        catch (RuntimeException fault)
        {
            return fault.Message;
        }
    }
}
