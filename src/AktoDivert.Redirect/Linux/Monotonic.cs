using System.Diagnostics;

namespace AktoDivert.Redirect.Linux;

/// <summary>
/// The clock of bpf_ktime_get_ns(): CLOCK_MONOTONIC, which is the one below <see cref="Stopwatch"/> on Linux. The kernel compares with
/// its own reading, so no other clock may be injected here.
/// </summary>
internal static class Monotonic
{
    internal static ulong Nanoseconds => (ulong)(Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency));
}
