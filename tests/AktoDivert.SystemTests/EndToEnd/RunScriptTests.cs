using System.Diagnostics;
using AktoDivert.Lab.Execution;

namespace AktoDivert.SystemTests.EndToEnd;

/// <summary><c>run.sh</c> as a person uses it.</summary>
[TestClass]
[TestCategory("System")]
public sealed class RunScriptTests
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(6);

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(600_000)]
    public async Task Ctrl_C_leaves_nothing_and_a_second_run_says_that_one_runs()
    {
        var before = await Traces.ReadAsync();
        using var run = Process.Start(new ProcessStartInfo("setsid", [Script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var errors = run.StandardError.ReadToEndAsync(Cancellation);
            await ReadUntilAsync(run, "Ctrl+C");
            var second = await ChildProcess.RunAsync([Script], TimeSpan.FromMinutes(1), Cancellation);
            Assert.AreEqual(1, second.ExitCode);
            StringAssert.Contains(second.Output + second.Error, "already running");

            // As a terminal does it: the signal goes to the whole process group, which run.sh leads (setsid replaces itself by it).
            await ChildProcess.RequireAsync("kill", "-INT", "--", $"-{run.Id}");
            await run.WaitForExitAsync(Cancellation).WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
            Assert.AreEqual(0, run.ExitCode, await errors);
        }
        finally
        {
            if (!run.HasExited)
            {
                run.Kill(entireProcessTree: true);
            }
        }

        Assert.AreEqual(before, await Traces.ReadAsync());
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Without_root_it_says_how_to_call_it()
    {
        using var copy = new ScriptCopy();
        var result = await ChildProcess.RunAsync(["setpriv", "--reuid=65534", "--clear-groups", copy.Script], TimeSpan.FromSeconds(30), Cancellation);
        Assert.AreEqual(4, result.ExitCode, result.Error);
        StringAssert.Contains(result.Error, "sudo ./run.sh");
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Without_dotnet_it_says_what_to_install()
    {
        using var copy = new ScriptCopy();
        var result = await ChildProcess.RunAsync(["env", $"PATH={copy.Programs}", "/bin/bash", copy.Script], TimeSpan.FromSeconds(30), Cancellation);
        Assert.AreEqual(2, result.ExitCode, result.Error);
        StringAssert.Contains(result.Error, "dotnet-sdk-10.0");
    }

    private static string Script => Path.Combine(ProductInLab.RepositoryRoot, "run.sh");

    private async Task ReadUntilAsync(Process run, string words)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(StartLimit);
        while (await run.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            TestContext.WriteLine(line);
            if (line.Contains(words, StringComparison.Ordinal))
            {
                // What it says later must not fill the pipe.
                _ = run.StandardOutput.ReadToEndAsync(Cancellation);
                return;
            }
        }

        Assert.Fail("run.sh ended before it was ready");
    }

    /// <summary>The script where everybody may read it, and a folder of the few programs it needs before it looks for the .NET SDK.</summary>
    private sealed class ScriptCopy : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("aktodivert-run-").FullName;

        public ScriptCopy()
        {
            Directory.CreateDirectory(Path.Combine(_folder, "tools"));
            Directory.CreateDirectory(Programs);
            File.Copy(RunScriptTests.Script, Script);
            File.Copy(Path.Combine(ProductInLab.RepositoryRoot, "tools/setup.sh"), Path.Combine(_folder, "tools/setup.sh"));
            foreach (var program in new[] { "dirname", "id", "grep" })
            {
                File.CreateSymbolicLink(Path.Combine(Programs, program), $"/usr/bin/{program}");
            }

            File.SetUnixFileMode(
                _folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                    | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        public string Script => Path.Combine(_folder, "run.sh");

        public string Programs => Path.Combine(_folder, "bin");

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
