using System.ComponentModel;
using System.Runtime.InteropServices;

namespace AktoDivert.Agent.Hosting.Interop;

/// <summary>
/// A timer of the kernel that ends this process with SIGKILL when it expires (timer_create(2)). It runs on while the process is stopped,
/// and SIGKILL is the one signal that ends a stopped process.
/// </summary>
internal sealed unsafe partial class KillTimer : IDisposable
{
    // Does not count the time a machine sleeps.
    private const int ClockMonotonic = 1;
    private const int NotifyBySignal = 0;
    private const int SigKill = 9;

    private readonly nint _timer;

    /// <summary>Makes the timer; it does not run yet.</summary>
    /// <exception cref="Win32Exception">The kernel has no timer left for this user.</exception>
    public KillTimer()
    {
        var notification = new Notification { Signal = SigKill, Kind = NotifyBySignal };
        nint timer;
        if (timer_create(ClockMonotonic, &notification, &timer) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        _timer = timer;
    }

    /// <summary>Sets the time left from now, in place of what was left; zero stops the timer.</summary>
    public void Set(TimeSpan left)
    {
        var (seconds, rest) = Math.DivRem(left.Ticks, TimeSpan.TicksPerSecond);
        var expiry = new Expiry { Seconds = (nint)seconds, Nanoseconds = (nint)(rest * TimeSpan.NanosecondsPerTick) };
        if (timer_settime(_timer, 0, &expiry, null) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <inheritdoc />
    public void Dispose() => timer_delete(_timer);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int timer_create(int clock, Notification* notification, nint* timer);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int timer_settime(nint timer, int flags, Expiry* expiry, Expiry* before);

    [LibraryImport("libc")]
    private static partial void timer_delete(nint timer);

    // struct sigevent of <signal.h>, 64 bytes.
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Notification
    {
        public nint Value;
        public int Signal;
        public int Kind;
    }

    // struct itimerspec of <time.h>.
    [StructLayout(LayoutKind.Sequential)]
    private struct Expiry
    {
        public nint IntervalSeconds;
        public nint IntervalNanoseconds;
        public nint Seconds;
        public nint Nanoseconds;
    }
}
