using System.Globalization;

namespace AktoDivert.Benchmarks.Gates;

/// <summary>Compares the instructions that callgrind counted with the committed baseline.</summary>
/// <param name="folder">Folder of the dumps.</param>
/// <param name="file">The baseline.</param>
internal sealed class InstructionGate(string folder, string file)
{
    // Collections and locks move the count by a few percent from run to run.
    private const double Tolerance = 1.15;

    /// <summary>Compares, or writes the baseline anew.</summary>
    /// <returns>0 when no path needs more instructions than the baseline allows.</returns>
    public int Run(bool write)
    {
        var baseline = Budgets.Read(file);
        var measured = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var failed = 0;
        var names = File.ReadAllLines(Path.Combine(folder, "names"));
        for (var i = 0; i < names.Length; i++)
        {
            var instructions = measured[names[i]] = Least(i);
            var before = baseline.TryGetValue(names[i], out var known) ? known : 0;
            var ratio = before == 0 ? double.NaN : (double)instructions / before;
            var verdict = before == 0 ? "no baseline" : ratio > Tolerance ? "SLOWER" : "ok";
            failed += verdict == "ok" ? 0 : 1;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{names[i],-28} {instructions,12} instructions  {ratio,6:0.00} x baseline  {verdict}"));
        }

        if (!write)
        {
            return failed == 0 ? 0 : 1;
        }

        Budgets.Write(file, measured);
        return 0;
    }

    // A collection or a buffer that grows once falls into one dump of a path, not into all.
    private long Least(int path) =>
        Enumerable.Range((path * CallgrindRun.Dumps) + 1, CallgrindRun.Dumps).Min(Total) / CallgrindRun.Runs;

    // With --separate-threads=no each dump holds one line "totals: N", or "summary: N".
    private long Total(int dump)
    {
        var path = Path.Combine(folder, $"callgrind.{dump}");
        var line = File.ReadLines(path).First(text => text.StartsWith("totals:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(8).Trim(), CultureInfo.InvariantCulture);
    }
}
