using System.Text.Json;
using AktoDivert.Lab;
using AktoDivert.Lab.Execution;
using AktoDivert.Lab.Network;

namespace AktoDivert.SystemTests.Lab;

[TestClass]
[DoNotParallelize]
[TestCategory("System")]
public sealed class LabInstanceTests
{
    private static readonly LabPaths Paths = new("/run/aktodivert-lab-test", Path.GetTempPath());

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [Timeout(120_000)]
    public async Task The_employee_reaches_the_servers_by_name_over_both_address_families()
    {
        await using var lab = await LabInstance.StartAsync(Paths);
        foreach (var family in new[] { "-4", "-6" })
        {
            var answer = await OnPcAsync("curl", "-sS", family, "--max-time", "10", "-d", "hi", "https://api.anthropic.com/echo");
            Assert.AreEqual("api.anthropic.com", JsonDocument.Parse(answer.Output).RootElement.GetProperty("host").GetString(), answer.Error);
        }

        var unknown = await OnPcAsync("curl", "-sS", "--max-time", "10", "https://not-in-the-lab.example/");
        Assert.AreEqual(6, unknown.ExitCode, unknown.Error);
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task What_a_trust_installation_writes_on_the_pc_stays_there()
    {
        string[] files = ["/etc/environment", "/etc/ssl/certs/ca-certificates.crt", "/etc/passwd", "/root/.aktodivert-lab-test"];
        var before = files.Select(Read).ToArray();
        await using (await LabInstance.StartAsync(Paths))
        {
            var pc = EmployeePc.Open(Paths);
            var written = await ChildProcess.RunAsync(
                pc.AsRoot(["sh", "-c", "for f in \"$@\"; do echo written >> \"$f\" && sed -i s/written/replaced/ \"$f\" || exit 1; done", "sh", .. files]),
                TimeSpan.FromSeconds(20),
                TestContext.CancellationToken);
            Assert.AreEqual(0, written.ExitCode, written.Error);
            StringAssert.Contains(await File.ReadAllTextAsync(pc.Root + files[0], TestContext.CancellationToken), "replaced");
            CollectionAssert.AreEqual(before, files.Select(Read).ToArray());
        }

        CollectionAssert.AreEqual(before, files.Select(Read).ToArray());
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task Nothing_is_left_behind_not_even_what_a_crash_left()
    {
        Directory.CreateDirectory(Paths.Run);
        await File.WriteAllTextAsync(Path.Combine(Paths.Run, "leftover"), "", TestContext.CancellationToken);
        await LabNetwork.CreateAsync();
        var lab = await LabInstance.StartAsync(Paths);
        Assert.IsFalse(File.Exists(Path.Combine(Paths.Run, "leftover")));
        await lab.DisposeAsync();
        Assert.IsFalse(Directory.Exists(Paths.Run));
        Assert.IsFalse(File.Exists(LabPaths.LockFile));
        Assert.IsFalse(File.Exists(LabNetwork.PathOf(LabNetwork.Pc)) || File.Exists(LabNetwork.PathOf(LabNetwork.Internet)));
        Assert.DoesNotContain(Paths.Run, await File.ReadAllTextAsync("/proc/self/mounts", TestContext.CancellationToken));
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task A_second_lab_is_refused_with_the_way_to_stop_the_first()
    {
        await using var lab = await LabInstance.StartAsync(Paths);
        var refusal = await Assert.ThrowsExactlyAsync<LabException>(() => LabInstance.StartAsync(Paths));
        StringAssert.Contains(refusal.Message, "aktodivert-lab down");
        Assert.AreEqual(0, (await OnPcAsync("true")).ExitCode);
    }

    private Task<ChildResult> OnPcAsync(params string[] command) =>
        ChildProcess.RunAsync(EmployeePc.Open(Paths).AsEmployee(command), TimeSpan.FromSeconds(20), TestContext.CancellationToken);

    private static string Read(string file) => File.Exists(file) ? File.ReadAllText(file) : "(none)";
}
