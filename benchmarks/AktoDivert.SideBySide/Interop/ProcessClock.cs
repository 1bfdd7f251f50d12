using System.Runtime.InteropServices;

namespace AktoDivert.SideBySide.Interop;

/// <summary>The clock that counts a process's time on processors (clock_getcpuclockid(3)), to a microsecond where /proc tells hundredths of a second.</summary>
internal static partial class ProcessClock
{
    // CPUCLOCK_SCHED of include/linux/posix-timers.h: what the scheduler counts, user and system time of all threads together.
    private const int Scheduled = 2;

    /// <summary>Seconds so far; null when there is no such process.</summary>
    public static double? Seconds(int pid) => clock_gettime((~pid << 3) | Scheduled, out var time) == 0 ? time.Seconds + (time.Nanoseconds / 1e9) : null;

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
