using System.Globalization;
using AktoDivert.Redirect.Processes;

namespace AktoDivert.Redirect.Linux.Tun;

/// <summary>Processes as /proc shows them.</summary>
internal sealed class LinuxProcessResolver : IProcessResolver
{
    private const double TicksPerSecond = 100;
    private readonly DateTimeOffset _boot = ReadBootTime();
    private readonly UserNames _users = new();

    /// <inheritdoc />
    public RunningProcess? Resolve(int processId)
    {
        if (ProcessFiles.Read(processId) is not { } process)
        {
            return null;
        }

        var user = ReadUser(processId);
        var identity = process.Identity with { UserId = user, UserName = _users.Of(user) };
        return new RunningProcess(identity, _boot.AddSeconds(process.StartTicks / TicksPerSecond));
    }

    /// <inheritdoc />
    public IReadOnlyList<int> RunningProcesses() => [.. ProcessFiles.RunningPids()];

    // "btime" of /proc/stat: seconds since the epoch, rounded down, so that no process seems to start after what it did.
    private static DateTimeOffset ReadBootTime()
    {
        var line = File.ReadLines("/proc/stat").First(l => l.StartsWith("btime ", StringComparison.Ordinal));
        return DateTimeOffset.FromUnixTimeSeconds(long.Parse(line.AsSpan(6), CultureInfo.InvariantCulture));
    }

    private static uint ReadUser(int processId)
    {
        try
        {
            // "Uid:" real, effective, saved and file system id (proc(5)).
            var line = File.ReadLines($"/proc/{processId}/status").FirstOrDefault(l => l.StartsWith("Uid:", StringComparison.Ordinal));
            return uint.TryParse(line?.Split('\t').ElementAtOrDefault(1), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
