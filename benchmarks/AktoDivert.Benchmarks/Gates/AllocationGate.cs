using System.Diagnostics;
using System.Globalization;
using AktoDivert.Benchmarks.Paths;

namespace AktoDivert.Benchmarks.Gates;

/// <summary>Compares what each hot path allocates with its budget.</summary>
internal sealed class AllocationGate(string file)
{
    private const int Warmups = 50;
    private const int Runs = 20;
    private const int Rounds = 20;

    // The runtime compiles with all optimisations on a thread of its own, which a busy machine may let wait.
    private static readonly TimeSpan CompileLimit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Bytes that one run allocates: the least of several rounds, since code that is not compiled with all optimisations yet allocates more.
    /// While that is over the budget, more rounds follow, for up to 10 s.
    /// </summary>
    /// <param name="path">What to run.</param>
    /// <param name="budget">Bytes a run may allocate.</param>
    public static long Measure(HotPath path, long budget)
    {
        for (var i = 0; i < Warmups; i++)
        {
            path.Run();
        }

        var least = long.MaxValue;
        var started = Stopwatch.GetTimestamp();
        for (var round = 0; round < Rounds || (least > budget && Stopwatch.GetElapsedTime(started) < CompileLimit); round++)
        {
            var before = Allocated(path);
            for (var i = 0; i < Runs; i++)
            {
                path.Run();
            }

            least = Math.Min(least, (Allocated(path) - before) / Runs);
        }

        return least;
    }

    private static long Allocated(HotPath path) =>
        path.UsesOtherThreads ? GC.GetTotalAllocatedBytes(precise: true) : GC.GetAllocatedBytesForCurrentThread();

    /// <summary>Measures all of them, against the file or into it.</summary>
    /// <returns>0 when every path is within its budget.</returns>
    public int Run(bool write)
    {
        var budgets = Budgets.Read(file);
        var measured = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var failed = 0;
        foreach (var path in HotPath.All())
        {
            var budget = budgets.TryGetValue(path.Name, out var known) ? known : -1;
            var bytes = measured[path.Name] = Measure(path, budget);
            var verdict = budget < 0 ? "no budget" : bytes > budget ? "OVER" : "ok";
            failed += verdict == "ok" ? 0 : 1;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path.Name,-28} {bytes,10} B  budget {budget,10} B  {verdict}"));
        }

        if (!write)
        {
            return failed == 0 ? 0 : 1;
        }

        Budgets.Write(file, measured);
        return 0;
    }
}
