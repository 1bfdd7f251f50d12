using System.CommandLine;
using System.Globalization;
using AktoDivert.Lab.Execution;
using AktoDivert.Lab.Network;

namespace AktoDivert.Lab.Commands;

internal static class DownCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static Command Create()
    {
        var command = new Command("down", "Stops the lab that runs and removes what a crashed one left; does nothing when there is none.");
        command.SetAction(parsed => RunAsync(LabOptions.Read(parsed)));
        return command;
    }

    private static async Task<int> RunAsync(LabPaths paths)
    {
        if (File.Exists(paths.OwnerFile) && int.TryParse(await File.ReadAllTextAsync(paths.OwnerFile), CultureInfo.InvariantCulture, out var owner) && IsLab(owner))
        {
            await ChildProcess.RunAsync(["kill", "-TERM", $"{owner}"], TimeSpan.FromSeconds(5));
            using var limit = new CancellationTokenSource(Patience);
            while (IsLab(owner) && !limit.IsCancellationRequested)
            {
                await Task.Delay(100);
            }
        }

        await LabInstance.RemoveLeftoversAsync(paths);
        File.Delete(LabPaths.LockFile);
        return ExitCodes.Ok;
    }

    /// <summary>Whether the process is still this program: its number may be another's by now.</summary>
    private static bool IsLab(int pid)
    {
        var file = $"/proc/{pid}/cmdline";
        return File.Exists(file) && File.ReadAllText(file).Contains("aktodivert-lab", StringComparison.Ordinal);
    }
}
