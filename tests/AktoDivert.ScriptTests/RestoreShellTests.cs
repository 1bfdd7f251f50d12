using System.Diagnostics;
using System.IO.Compression;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AktoDivert.Tests.Shared;

namespace AktoDivert.ScriptTests;

/// <summary>drivers/restore.sh against a server of this machine.</summary>
[TestClass]
public sealed class RestoreShellTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("aktodivert-restore-").FullName;
    private readonly byte[] _archive = Zip(("WinDivert-2.2.2-A/x64/WinDivert.dll", "library"));

    public required TestContext TestContext { get; init; }

    private string Unpacked => Path.Combine(_folder, ".cache", "windivert", "2.2.2");

    [TestMethod]
    public async Task The_archive_is_fetched_checked_and_unpacked()
    {
        var (code, output, error) = await RunAsync(_archive, Hash(_archive), Hash("library"u8));
        Assert.AreEqual(0, code, error);
        StringAssert.Contains(output, "2.2.2");
        Assert.AreEqual("library", await File.ReadAllTextAsync(Path.Combine(Unpacked, "WinDivert.dll"), TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task Another_archive_is_refused()
    {
        var (code, _, error) = await RunAsync(Zip(("other", "x")), Hash(_archive), Hash("library"u8));
        Assert.AreNotEqual(0, code);
        StringAssert.Contains(error, "refused: the archive has SHA-256");
        Assert.IsFalse(Directory.Exists(Unpacked));
    }

    [TestMethod]
    public async Task Another_file_is_refused_and_an_earlier_one_stays()
    {
        await RunAsync(_archive, Hash(_archive), Hash("library"u8));
        var (code, _, error) = await RunAsync(_archive, Hash(_archive), Hash("another"u8));
        Assert.AreNotEqual(0, code);
        StringAssert.Contains(error, "refused: x64/WinDivert.dll has SHA-256");
        Assert.IsTrue(File.Exists(Path.Combine(Unpacked, "WinDivert.dll")));
        Assert.HasCount(1, Directory.GetDirectories(Path.GetDirectoryName(Unpacked)!));
    }

    [TestMethod]
    public async Task A_server_that_does_not_answer_is_said_with_the_way_around()
    {
        WriteLock("http://127.0.0.1:1/x.zip", Hash(_archive), Hash("library"u8));
        var (code, _, error) = await RunScriptAsync();
        Assert.AreNotEqual(0, code);
        StringAssert.Contains(error, "pass the file as an argument");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static byte[] Zip(params (string Name, string Text)[] entries)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in entries)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write(text);
            }
        }

        return memory.ToArray();
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(byte[] served, string archive, string library)
    {
        await using var server = TestUpstream.Tcp(async socket =>
        {
            await socket.ReceiveAsync(new byte[4096]);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {served.Length}\r\nConnection: close\r\n\r\n"));
            await socket.SendAsync(served);
            socket.Shutdown(SocketShutdown.Send);
        });
        WriteLock($"http://{server.EndPoint}/x.zip", archive, library);
        return await RunScriptAsync();
    }

    private void WriteLock(string url, string archive, string library)
    {
        var drivers = Directory.CreateDirectory(Path.Combine(_folder, "drivers")).FullName;
        File.Copy(Path.Combine(Repository.Root, "drivers", "restore.sh"), Path.Combine(drivers, "restore.sh"), overwrite: true);
        File.WriteAllText(Path.Combine(drivers, "windivert.lock.json"), JsonSerializer.Serialize(new
        {
            version = "2.2.2",
            archive = new { url, sha256 = archive, folder = "WinDivert-2.2.2-A" },
            files = new[] { new { path = "x64/WinDivert.dll", name = "WinDivert.dll", sha256 = library } },
        }));
    }

    private async Task<(int Code, string Output, string Error)> RunScriptAsync()
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(_folder, "drivers", "restore.sh")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["no_proxy"] = "*";
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await error);
    }
}
