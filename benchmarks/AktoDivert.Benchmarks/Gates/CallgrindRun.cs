using AktoDivert.Benchmarks.Interop;
using AktoDivert.Benchmarks.Paths;

namespace AktoDivert.Benchmarks.Gates;

/// <summary>Runs the hot paths under <c>valgrind --tool=callgrind</c>, with dumps of the instruction count after each.</summary>
internal static class CallgrindRun
{
    /// <summary>How often each path runs within its dump.</summary>
    public const int Runs = 8;

    /// <summary>Dumps of each path, one after another.</summary>
    public const int Dumps = 3;

    private const int Warmups = 3;

    /// <summary>Runs all that count, or those of the given names. File <c>names</c> in the folder tells whose dumps follow each other.</summary>
    public static void Run(string folder, IReadOnlyCollection<string> only)
    {
        var paths = HotPath.All().Where(path => only.Count == 0 ? path.CountsInstructions : only.Contains(path.Name)).ToList();
        File.WriteAllLines(Path.Combine(folder, "names"), paths.Select(path => path.Name));
        foreach (var path in paths)
        {
            // Everything is compiled at its first call here, with all optimisations (TieredCompilation is off).
            for (var i = 0; i < Warmups; i++)
            {
                path.Run();
            }

            for (var dump = 0; dump < Dumps; dump++)
            {
                Callgrind.Zero();
                for (var i = 0; i < Runs; i++)
                {
                    path.Run();
                }

                Callgrind.Dump();
            }
        }
    }
}
