using System.Globalization;
using System.Runtime;

namespace AktoDivert.Agent.Benchmarking;

/// <summary>What a process that is measured knows of itself.</summary>
/// <param name="Allocated">Bytes allocated so far.</param>
/// <param name="Collections">Garbage collections so far.</param>
/// <param name="Compiling">Time spent on compiling methods so far.</param>
/// <param name="Recorded">Calls recorded so far.</param>
/// <param name="Waiting">Calls captured that nobody has taken yet.</param>
internal readonly record struct BenchmarkStat(long Allocated, long Collections, TimeSpan Compiling, long Recorded, long Waiting)
{
    /// <summary>The command on standard input that is answered with <see cref="ToString"/>.</summary>
    public const string Command = "stat";

    /// <summary>Of this process, now.</summary>
    public static BenchmarkStat Read(long recorded, long waiting) =>
        new(GC.GetTotalAllocatedBytes(precise: true), GC.CollectionCount(0), JitInfo.GetCompilationTime(), recorded, waiting);

    /// <summary>From its line.</summary>
    public static BenchmarkStat Parse(string line)
    {
        var numbers = Array.ConvertAll(line.Split(' '), part => long.Parse(part, CultureInfo.InvariantCulture));
        return new(numbers[0], numbers[1], TimeSpan.FromTicks(numbers[2]), numbers[3], numbers[4]);
    }

    /// <summary>As a line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Allocated} {Collections} {Compiling.Ticks} {Recorded} {Waiting}");
}
