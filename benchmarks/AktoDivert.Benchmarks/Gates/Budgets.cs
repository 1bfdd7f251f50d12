using System.Text.Json;

namespace AktoDivert.Benchmarks.Gates;

/// <summary>A file of numbers by path: bytes or instructions per run.</summary>
internal static class Budgets
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true };

    /// <summary>Reads it; an absent file is an empty one.</summary>
    public static SortedDictionary<string, long> Read(string file) => File.Exists(file)
        ? JsonSerializer.Deserialize<SortedDictionary<string, long>>(File.ReadAllText(file))!
        : [];

    /// <summary>Writes it.</summary>
    public static void Write(string file, SortedDictionary<string, long> budgets) =>
        File.WriteAllText(file, JsonSerializer.Serialize(budgets, Options) + "\n");
}
