using System.Globalization;
using System.Text;
using AktoDivert.Core.Processes;

namespace AktoDivert.Redirect.Linux;

/// <summary>
/// Reads what /proc tells of a process (proc(5)). A process that is gone, or has no executable (a kernel thread), is null.
/// </summary>
internal static class ProcessFiles
{
    // Selectors look at the first arguments only, and a prompt on the command line need not be kept.
    private const int CommandLineBytes = 16 * 1024;
    private const int ArgumentsKept = 64;
    private const string DeletedMark = " (deleted)";

    internal static ProcessOnDisk? Read(int pid)
    {
        try
        {
            var path = new FileInfo($"/proc/{pid}/exe").LinkTarget;
            if (path is null || !TryParseStat(File.ReadAllText($"/proc/{pid}/stat"), out var parent, out var startTicks))
            {
                return null;
            }

            path = path.EndsWith(DeletedMark, StringComparison.Ordinal) ? path[..^DeletedMark.Length] : path;
            var identity = new ProcessIdentity
            {
                Pid = pid,
                Name = Path.GetFileName(path),
                Path = path,
                Arguments = ReadArguments(pid),
                ParentPid = parent,
            };
            return new ProcessOnDisk(identity, startTicks);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Ids of all running processes.</summary>
    internal static IEnumerable<int> RunningPids() => Directory.EnumerateDirectories("/proc")
        .Select(
            path => int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
        .Where(pid => pid > 0);

    /// <summary>
    /// Parent and start time (clock ticks since boot) from /proc/PID/stat. The name in it may hold spaces and parentheses.
    /// </summary>
    internal static bool TryParseStat(string stat, out int parent, out ulong startTicks)
    {
        parent = 0;
        startTicks = 0;

        // After the name: field 3 is the state, 4 the parent, 22 the start time.
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19
            && int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out parent)
            && ulong.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out startTicks);
    }

    /// <summary>The arguments in a /proc/PID/cmdline text.</summary>
    internal static string[] SplitArguments(ReadOnlySpan<byte> commandLine)
    {
        var text = Encoding.UTF8.GetString(commandLine.TrimEnd((byte)0));
        return text.Length == 0 ? [] : [.. text.Split('\0').Take(ArgumentsKept)];
    }

    private static string[] ReadArguments(int pid)
    {
        Span<byte> buffer = stackalloc byte[CommandLineBytes];
        using var file = File.OpenHandle($"/proc/{pid}/cmdline");
        return SplitArguments(buffer[..RandomAccess.Read(file, buffer, 0)]);
    }
}
