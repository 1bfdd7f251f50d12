using System.Diagnostics;
using System.Text;
using AktoDivert.Guardrails.Detectors;

namespace AktoDivert.Guardrails.Bench;

/// <summary>
/// Holds the detectors against labelled texts. Each row is judged by the detector of its entity alone, and personal data at every score:
/// labelled rows are mostly bare numbers, without the words beside them that raise a score in a real text.
/// </summary>
/// <remarks>
/// A labelled span counts as found when a finding of its entity overlaps it by at least half of the shorter of both; each finding
/// answers for one span. Where only a count is known, findings are counted. A prompt injection is a property of the whole text: one
/// finding or many count as one.
/// </remarks>
public static class GuardBench
{
    private const string Injection = "prompt_injection";

    private static readonly TimeSpan Timed = TimeSpan.FromMilliseconds(300);

    /// <summary>Runs all rows.</summary>
    /// <param name="rows">Labelled texts.</param>
    /// <param name="threshold">Score from which findings count; null for each detector's own (personal data: 0).</param>
    public static BenchReport Run(IReadOnlyList<BenchRow> rows, double? threshold)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var sets = rows.Select(r => r.Entity).Distinct(StringComparer.Ordinal).ToDictionary(e => e, e => SetFor(e, threshold), StringComparer.Ordinal);
        var entities = new SortedDictionary<string, BenchScore>(StringComparer.Ordinal);
        var detectors = new SortedDictionary<string, BenchScore>(StringComparer.Ordinal);
        var faults = new List<BenchFault>();
        foreach (var row in rows)
        {
            var found = new List<Detection>();
            sets[row.Entity]?.Scan(row.Text, found);
            found.RemoveAll(d => d.Entity != row.Entity);
            var score = Judge(row, found);
            Add(entities, row.Entity, score);
            if (sets[row.Entity] is { } set)
            {
                Add(detectors, set.Detectors[0].Name, score);
            }

            if (score.Missed + score.Wrong > 0)
            {
                faults.Add(new BenchFault(row, score, found));
            }
        }

        var unknown = sets.Where(s => s.Value is null).Select(s => s.Key).Order(StringComparer.Ordinal).ToArray();
        return new BenchReport(entities, detectors, faults, unknown, Speed(rows, sets));
    }

    private static DetectorSet? SetFor(string entity, double? threshold)
    {
        var options = entity switch
        {
            "secret" => new DetectorOptions { Secrets = true },
            Injection => new DetectorOptions { PromptInjection = true },
            "source_code" => new DetectorOptions { SourceCode = true },
            _ when DetectorSet.PiiEntities.Contains(entity) => new DetectorOptions { Pii = [entity], PiiThreshold = 0 },
            _ => null,
        };
        if (options is null)
        {
            return null;
        }

        if (threshold is { } value)
        {
            options = options with { SecretThreshold = value, PiiThreshold = value, InjectionThreshold = value };
        }

        return DetectorSet.Create(options, []) is { IsEmpty: false } set ? set : null;
    }

    private static BenchScore Judge(BenchRow row, List<Detection> found)
    {
        if (row.Entity == Injection)
        {
            var (expected, got) = (Math.Min(1, row.Count), Math.Min(1, found.Count));
            return new BenchScore(expected & got, expected & ~got, got & ~expected);
        }

        if (row.Spans is null)
        {
            var met = Math.Min(row.Count, found.Count);
            return new BenchScore(met, row.Count - met, found.Count - met);
        }

        var free = new List<Detection>(found);
        var hits = 0;
        foreach (var (start, end) in row.Spans)
        {
            var hit = free.FindIndex(d =>
                2 * (Math.Min(end, d.End) - Math.Max(start, d.Offset)) >= Math.Min(end - start, d.Length));
            if (hit >= 0)
            {
                hits++;
                free.RemoveAt(hit);
            }
        }

        return new BenchScore(hits, row.Spans.Count - hits, free.Count);
    }

    private static void Add(SortedDictionary<string, BenchScore> scores, string name, BenchScore score) =>
        scores[name] = scores.GetValueOrDefault(name) + score;

    private static double Speed(IReadOnlyList<BenchRow> rows, Dictionary<string, DetectorSet?> sets)
    {
        var bytes = rows.Where(r => sets[r.Entity] is not null).Sum(r => (long)Encoding.UTF8.GetByteCount(r.Text));
        if (bytes == 0)
        {
            return 0;
        }

        var found = new List<Detection>();
        var (watch, runs) = (Stopwatch.StartNew(), 0);
        do
        {
            foreach (var row in rows)
            {
                found.Clear();
                sets[row.Entity]?.Scan(row.Text, found);
            }

            runs++;
        }
        while (watch.Elapsed < Timed);

        return bytes * runs / 1e6 / watch.Elapsed.TotalSeconds;
    }
}
