using System.Security.Cryptography;
using AktoDivert.Lab;
using AktoDivert.Lab.Execution;

namespace AktoDivert.SystemTests.EndToEnd;

/// <summary>What AktoDivert could leave on a machine, as text that is compared before and after.</summary>
internal static class Traces
{
    private static readonly string[] TrustFolders = ["/etc/ssl", "/usr/local/share/ca-certificates"];

    private static readonly string[] TrustFiles = ["/etc/environment", "/root/.pki/nssdb/cert9.db"];

    /// <summary>All of it, one part a line.</summary>
    public static async Task<string> ReadAsync() => string.Join('\n',
        "trust " + Hashes(TrustFolders.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)).Concat(TrustFiles.Where(File.Exists))),
        "namespaces " + await NamespacesAsync(),
        "mounts " + string.Join(' ', File.ReadLines("/proc/self/mounts").Where(line => line.Contains("aktodivert", StringComparison.Ordinal))),
        "processes " + string.Join(' ', Processes()),
        "bpf " + string.Join(' ', await BpfProgramsAsync()),
        "rules " + await RulesAsync(),
        "files " + string.Join(' ', new[] { LabPaths.DefaultRun, LabPaths.LockFile }.Where(Path.Exists)));

    /// <summary>Cgroup programs of the agent; other BPF programs of the machine come and go without it.</summary>
    private static async Task<IEnumerable<string>> BpfProgramsAsync()
    {
        var programs = await ChildProcess.RunAsync(["bpftool", "prog", "show"], TimeSpan.FromSeconds(10));
        Assert.AreEqual(0, programs.ExitCode, programs.Error);
        return programs.Output.Split('\n').Where(line => line.Contains(" name ", StringComparison.Ordinal)
            && (line.Contains("cgroup_sock", StringComparison.Ordinal) || line.Contains("sock_ops", StringComparison.Ordinal) || line.Contains("tracing", StringComparison.Ordinal)));
    }

    private static async Task<string> NamespacesAsync() =>
        (await ChildProcess.RequireAsync("ip", "netns", "list")).Split('\n').Where(line => line.StartsWith("aklab", StringComparison.Ordinal)).Aggregate("", string.Concat);

    private static async Task<string> RulesAsync()
    {
        if (!File.Exists("/usr/sbin/nft"))
        {
            return "";
        }

        return (await ChildProcess.RunAsync(["/usr/sbin/nft", "list", "ruleset"], TimeSpan.FromSeconds(10))).Output;
    }

    private static IEnumerable<string> Processes() => Directory.EnumerateDirectories("/proc")
        .Where(folder => int.TryParse(Path.GetFileName(folder), out _))
        .Select(folder => Read($"{folder}/cmdline").Replace('\0', ' '))
        .Where(command => command.Contains(ProductInLab.Agent, StringComparison.Ordinal) || command.Contains(ProductInLab.Lab, StringComparison.Ordinal)
            || command.Contains(LabPaths.DefaultRun, StringComparison.Ordinal));

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string Hashes(IEnumerable<string> files) => string.Join(
        ' ', files.Order(StringComparer.Ordinal).Select(file => $"{file}={Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))[..16]}"));
}
