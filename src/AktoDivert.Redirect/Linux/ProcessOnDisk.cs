using AktoDivert.Core.Processes;

namespace AktoDivert.Redirect.Linux;

/// <summary>A process as /proc shows it.</summary>
/// <param name="Identity">Who it is; user and app not filled.</param>
/// <param name="StartTicks">Start time in clock ticks since boot, 100 a second: with the id, it names the process for good.</param>
internal sealed record ProcessOnDisk(ProcessIdentity Identity, ulong StartTicks)
{
    private const ulong NanosecondsPerTick = 10_000_000;

    /// <summary>Whether this is the process that started at a time the kernel noted in nanoseconds since boot.</summary>
    internal bool StartedAt(ulong nanoseconds) => nanoseconds / NanosecondsPerTick == StartTicks;
}
