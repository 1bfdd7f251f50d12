namespace AktoDivert.Guardrails.Detectors.Pii;

/// <summary>The rules to try at a candidate, looked up by all that a look at it tells.</summary>
internal sealed class PiiIndex
{
    private const int Runs = PiiCandidate.LongestRun + 1;
    private const int Counts = PiiCandidate.MostDigits + 1;

    private readonly int[][] _rules;

    /// <summary>Builds the index.</summary>
    /// <param name="rules">The rules; those found are told by their place in it.</param>
    /// <param name="wanted">Which of them to find.</param>
    public PiiIndex(IReadOnlyList<PiiRule> rules, Func<PiiRule, bool> wanted)
    {
        var kinds = Enum.GetValues<PiiStartKind>();
        _rules = new int[kinds.Length * Runs * Counts][];
        foreach (var kind in kinds)
        {
            for (var length = 0; length < Runs; length++)
            {
                for (var digits = 0; digits < Counts; digits++)
                {
                    var candidate = new PiiCandidate(kind, length, digits);
                    _rules[Place(candidate)] = [.. Enumerable.Range(0, rules.Count).Where(i => wanted(rules[i]) && rules[i].Starts.Admit(candidate))];
                }
            }
        }
    }

    /// <summary>The rules that may match there.</summary>
    public ReadOnlySpan<int> At(PiiCandidate candidate) => _rules[Place(candidate)];

    private static int Place(PiiCandidate candidate) => ((((int)candidate.Kind * Runs) + candidate.Length) * Counts) + candidate.Digits;
}
