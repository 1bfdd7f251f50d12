using System.Text.Json;

namespace AktoDivert.Tests.Guardrails.Detectors.Pii;

/// <summary>
/// Our own cases of personal data, a line each in <c>pii-cases.jsonl</c>: the entity, a text that holds it between <c>«</c> and <c>»</c>, and one like
/// it that does not. The numbers are made up, and have check digits that fit or, in the second, do not.
/// </summary>
/// <param name="Entity">Name of the entity.</param>
/// <param name="Positive">A text with the entity.</param>
/// <param name="Offset">Where the entity begins in it.</param>
/// <param name="Length">Length of the entity.</param>
/// <param name="Negative">A text without the entity.</param>
internal sealed record PiiCase(string Entity, string Positive, int Offset, int Length, string Negative)
{
    /// <summary>All cases.</summary>
    public static IReadOnlyList<PiiCase> All { get; } = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "pii-cases.jsonl")).Select(Parse)];

    private static PiiCase Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var row = document.RootElement;
        var marked = row.GetProperty("positive").GetString()!;
        var (start, end) = (marked.IndexOf('«', StringComparison.Ordinal), marked.IndexOf('»', StringComparison.Ordinal));
        return new PiiCase(
            row.GetProperty("entity").GetString()!, marked[..start] + marked[(start + 1)..end] + marked[(end + 1)..], start, end - start - 1, row.GetProperty("negative").GetString()!);
    }
}
