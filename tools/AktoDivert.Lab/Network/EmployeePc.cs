using System.Diagnostics;
using System.Globalization;
using AktoDivert.Lab.Execution;

namespace AktoDivert.Lab.Network;

/// <summary>The employee's machine: a network and a mount namespace kept alive by one waiting process, the holder.</summary>
/// <param name="paths">Where the lab runs.</param>
/// <param name="holder">Process id of the holder.</param>
internal sealed class EmployeePc(LabPaths paths, int holder)
{
    /// <summary>User id of the employee; no user of the host has it.</summary>
    public const int EmployeeId = 7979;

    /// <summary>The machine's root folder, as seen from the host.</summary>
    public string Root => $"/proc/{holder}/root";

    public static async Task<Process> StartHolderAsync(LabPaths paths)
    {
        var hosts = LabHost.All.SelectMany(host => new[] { $"{host.Address4} {host.Name}", $"{host.Address6} {host.Name}" });
        await File.WriteAllLinesAsync(Path.Combine(paths.Run, "hosts"), ["127.0.0.1 localhost", "::1 localhost", .. hosts]);
        var script = Path.Combine(AppContext.BaseDirectory, "Network/pc.sh");
        var process = await ChildProcess.StartCompanionAsync(
            ["nsenter", $"--net={LabNetwork.PathOf(LabNetwork.Pc)}", "unshare", "--mount", "--propagation", "private", "sh", script, paths.Run, $"{EmployeeId}"],
            TimeSpan.FromSeconds(60));
        await File.WriteAllTextAsync(paths.HolderFile, process.Id.ToString(CultureInfo.InvariantCulture));
        return process;
    }

    /// <summary>The machine of the lab that runs now.</summary>
    public static EmployeePc Open(LabPaths paths)
    {
        var running = File.Exists(paths.HolderFile) && int.TryParse(File.ReadAllText(paths.HolderFile), CultureInfo.InvariantCulture, out var pid)
            && Directory.Exists($"/proc/{pid}") ? pid : 0;
        return running != 0 ? new EmployeePc(paths, running) : throw new LabException($"No lab runs in {paths.Run}. Start one with: aktodivert-lab up");
    }

    /// <summary>The command line that runs <paramref name="command"/> on the machine as root with the caller's environment.</summary>
    public IReadOnlyList<string> AsRoot(IEnumerable<string> command) => ["nsenter", "-t", $"{holder}", "--mount", "--net", "--", .. command];

    /// <summary>
    /// The command line that runs <paramref name="command"/> as the employee who has just signed in: a clean environment, then what
    /// the machine's /etc/environment says, then <paramref name="variables"/>.
    /// </summary>
    public IReadOnlyList<string> AsEmployee(IEnumerable<string> command, IReadOnlyDictionary<string, string>? variables = null)
    {
        var home = paths.EmployeeHome;
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = home,
            ["USER"] = "employee",
            ["LOGNAME"] = "employee",
            ["LANG"] = "C.UTF-8",
            ["TMPDIR"] = $"{home}/tmp",
        };
        foreach (var (name, value) in LoginEnvironment.Read($"{Root}/etc/environment").Concat(variables ?? new Dictionary<string, string>()))
        {
            environment[name] = value;
        }

        return
        [
            "nsenter", "-t", $"{holder}", "--mount", "--net", "--",
            "setpriv", $"--reuid={EmployeeId}", $"--regid={EmployeeId}", "--clear-groups", "--",
            "env", "-i", $"--chdir={home}/work", .. environment.Select(variable => $"{variable.Key}={variable.Value}"), .. command,
        ];
    }
}
