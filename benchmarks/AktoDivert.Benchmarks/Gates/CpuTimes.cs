using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using AktoDivert.Benchmarks.Paths;

namespace AktoDivert.Benchmarks.Gates;

/// <summary>
/// Processor time of hot paths, in one process over many rounds. Unlike time on the wall it says something on a busy machine; nothing is gated by it.
/// </summary>
internal static class CpuTimes
{
    private const int Rounds = 20;
    private const int MostBursts = 40;
    private const int QuietBursts = 4;
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(100);

    /// <summary>Prints the least and the median of the rounds for each path whose name contains one of <paramref name="names"/>; for all where none is given.</summary>
    public static void Print(IReadOnlyCollection<string> names)
    {
        foreach (var path in HotPath.All().Where(p => names.Count == 0 || names.Any(name => p.Name.Contains(name, StringComparison.Ordinal))))
        {
            var runs = WarmUp(path);
            var microseconds = new double[Rounds];
            for (var round = 0; round < Rounds; round++)
            {
                var before = Environment.CpuUsage.TotalTime;
                for (var i = 0; i < runs; i++)
                {
                    path.Run();
                }

                microseconds[round] = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / runs;
            }

            Array.Sort(microseconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path.Name,-28} least {microseconds[0],10:0.00} us  median {microseconds[Rounds / 2],10:0.00} us"));
        }
    }

    // The runtime compiles again with what it learnt, on a thread that a busy machine starves: until it has nothing more to compile. Returns the runs of a burst.
    private static int WarmUp(HotPath path)
    {
        var (runs, quiet) = (1, 0);
        for (var i = 0; i < MostBursts && quiet < QuietBursts; i++)
        {
            var compiled = JitInfo.GetCompiledMethodCount();
            runs = 0;
            for (var burst = Stopwatch.StartNew(); burst.Elapsed < Burst; runs++)
            {
                path.Run();
            }

            Thread.Sleep(Burst);
            quiet = JitInfo.GetCompiledMethodCount() == compiled ? quiet + 1 : 0;
        }

        return Math.Max(1, runs);
    }
}
