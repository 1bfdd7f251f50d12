namespace AktoDivert.Benchmarks.Paths;

/// <summary>
/// A piece of the product that runs per packet, call or connection. Its time is measured by BenchmarkDotNet, its allocations and its
/// instructions are gated in CI; all three run the same code. Every class of this kind in the assembly is found by itself.
/// </summary>
public abstract class HotPath
{
    /// <summary>Name in the budgets, in lower case with hyphens.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Whether its instructions are gated: not where they differ by a fifth from run to run, as the heap happens to lie, nor where its parts are gated.
    /// </summary>
    public virtual bool CountsInstructions => true;

    /// <summary>Whether a part of it runs on other threads, whose allocations count as well.</summary>
    public virtual bool UsesOtherThreads => false;

    /// <summary>Runs it once. What it needs is made by the constructor.</summary>
    public abstract void Run();

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<HotPath> All() =>
    [
        .. typeof(HotPath).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(HotPath)) && !type.IsAbstract)
            .Select(type => (HotPath)Activator.CreateInstance(type)!)
            .OrderBy(path => path.Name, StringComparer.Ordinal),
    ];

    /// <inheritdoc />
    public sealed override string ToString() => Name;
}
