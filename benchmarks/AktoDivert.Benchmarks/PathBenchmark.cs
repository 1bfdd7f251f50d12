using AktoDivert.Benchmarks.Paths;
using BenchmarkDotNet.Attributes;

namespace AktoDivert.Benchmarks;

/// <summary>Time and allocations of each hot path.</summary>
[MemoryDiagnoser]
public class PathBenchmark
{
    /// <summary>Every hot path.</summary>
    public static IEnumerable<HotPath> Paths => HotPath.All();

    /// <summary>The one that is measured.</summary>
    [ParamsSource(nameof(Paths))]
    public HotPath Path { get; set; } = null!;

    /// <summary>Runs it once.</summary>
    [Benchmark]
    public void Run() => Path.Run();
}
