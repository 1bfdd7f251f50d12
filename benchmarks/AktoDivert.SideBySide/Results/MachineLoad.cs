using System.Diagnostics;
using System.Globalization;
using AktoDivert.SideBySide.Peers;

namespace AktoDivert.SideBySide.Results;

/// <summary>How much of the machine's CPU time went to others while this program measured (proc(5), /proc/stat).</summary>
internal sealed class MachineLoad
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly double _machine = MachineSeconds();
    private readonly double _own = Processes.CpuSecondsWithEnded(Environment.ProcessId);

    /// <summary>Part of all cores that neither this program nor what it started used, 0 to 1. Time stolen by other guests of the host counts.</summary>
    public double OthersShare()
    {
        var available = Stopwatch.GetElapsedTime(_start).TotalSeconds * Environment.ProcessorCount;
        var others = MachineSeconds() - _machine - (Processes.CpuSecondsWithEnded(Environment.ProcessId) - _own);
        return Math.Clamp(others / available, 0, 1);
    }

    private static double MachineSeconds()
    {
        // cpu user nice system idle iowait irq softirq steal ...
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new[] { fields[1], fields[2], fields[3], fields[8] }.Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) / Processes.TicksPerSecond;
    }
}
