using System.Globalization;
using AktoDivert.Benchmarks.Paths;

namespace AktoDivert.Benchmarks.Gates;

/// <summary>Compares what each hot path allocates with its budget.</summary>
internal sealed class AllocationGate(string file)
{
    private const int Warmups = 50;
    private const int Runs = 20;
    private const int Rounds = 20;

    /// <summary>
    /// Bytes that one run allocates: the least of several rounds, since code that is not compiled with all optimisations yet allocates more.
    /// </summary>
    public static long Measure(HotPath path)
    {
        for (var i = 0; i < Warmups; i++)
        {
            path.Run();
        }

        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
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
            var bytes = measured[path.Name] = Measure(path);
            var budget = budgets.TryGetValue(path.Name, out var known) ? known : -1;
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
