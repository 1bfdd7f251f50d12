using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using AktoDivert.SideBySide.Interop;

namespace AktoDivert.SideBySide.Peers;

/// <summary>What the kernel knows of a process and its descendants (proc(5)).</summary>
internal static class Processes
{
    // sysconf(_SC_CLK_TCK) is 100 on every Linux that .NET runs on.
    public const double TicksPerSecond = 100;

    // Of a core.
    private const double MostAtRest = 0.01;

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    // What was last known of a process's children: one that has ended must not make its parent's time less.
    private static readonly ConcurrentDictionary<int, ConcurrentDictionary<int, double>> Known = new();

    /// <summary>User and system time of a process and all below it, in seconds; of what has ended, as far as it was seen.</summary>
    public static double CpuSeconds(int pid)
    {
        var children = Known.GetOrAdd(pid, static _ => new());
        try
        {
            foreach (var child in Children(pid))
            {
                children[child] = Math.Max(CpuSeconds(child), children.GetValueOrDefault(child));
            }
        }
        catch (IOException)
        {
            // It ended just now.
        }

        return (ProcessClock.Seconds(pid) ?? 0) + children.Values.Sum();
    }

    /// <summary>The same, with those below it that have ended, to 10 ms.</summary>
    public static double CpuSecondsWithEnded(int pid)
    {
        try
        {
            // utime, stime, cutime, cstime follow one another.
            var ticks = File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].Split(' ')[12..16].Sum(text => long.Parse(text, CultureInfo.InvariantCulture));
            return (ticks / TicksPerSecond) + Children(pid).Sum(CpuSecondsWithEnded);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>
    /// Waits until a process and all below it have done what their start began, such as an agent that has Java look at its trust stores: the start's
    /// cost, not that of the work that is measured.
    /// </summary>
    public static async Task EndStartAsync(int pid)
    {
        var start = Stopwatch.GetTimestamp();
        double before;
        do
        {
            before = CpuSeconds(pid);
            await Task.Delay(Quiet);
        }
        while (Math.Abs(CpuSeconds(pid) - before) > Quiet.TotalSeconds * MostAtRest && Stopwatch.GetElapsedTime(start) < LongestStart);
    }

    /// <summary>Memory that a process and all below it hold, in bytes.</summary>
    public static long ResidentBytes(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024
            + Children(pid).Sum(ResidentBytes);
    }

    private static IEnumerable<int> Children(int pid) =>
        Directory.EnumerateDirectories($"/proc/{pid}/task")
            .SelectMany(task => File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture));
}
