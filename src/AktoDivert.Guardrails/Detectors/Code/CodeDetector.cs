using System.Buffers;

namespace AktoDivert.Guardrails.Detectors.Code;

/// <summary>Source code, with its language: what several different marks of one language in a text tell.</summary>
internal sealed class CodeDetector : IDetector
{
    private const double Enough = 3;
    private const int FewestMarks = 2;
    private const double Fenced = 3;
    private const string Fence = "```";

    private static readonly string[] AllLanguages = [.. CodeMarkers.All.Select(m => m.Language).Distinct()];

    private readonly SearchValues<string> _search = SearchValues.Create([.. CodeMarkers.All.Select(m => m.Text).Append(Fence).Distinct()], StringComparison.Ordinal);
    private readonly (int Language, int Index, string Text, double Weight, bool LineStart)[][] _byFirst = new (int, int, string, double, bool)[128][];
    private readonly bool[] _wanted;

    private CodeDetector(bool[] wanted)
    {
        _wanted = wanted;
        for (var c = 0; c < 128; c++)
        {
            _byFirst[c] = [.. CodeMarkers.All.Select((m, i) => (Array.IndexOf(AllLanguages, m.Language), i, m.Text, m.Weight, m.LineStart)).Where(m => m.Text[0] == c)];
        }
    }

    /// <inheritdoc />
    public string Name => "code";

    /// <summary>Builds the detector.</summary>
    /// <param name="languages">Languages to report, empty for all.</param>
    /// <param name="errors">Gets a sentence per unknown language.</param>
    public static CodeDetector Create(IReadOnlyList<string> languages, IList<string> errors)
    {
        foreach (var unknown in languages.Where(l => !AllLanguages.Contains(l, StringComparer.OrdinalIgnoreCase)))
        {
            errors.Add($"'{unknown}' is no language that is known; write one of {string.Join(", ", AllLanguages)}");
        }

        return new CodeDetector([.. AllLanguages.Select(l => languages.Count == 0 || languages.Contains(l, StringComparer.OrdinalIgnoreCase))]);
    }

    /// <inheritdoc />
    public void Scan(ReadOnlySpan<char> text, List<Detection> found)
    {
        Span<double> scores = stackalloc double[AllLanguages.Length];
        Span<ulong> marks = stackalloc ulong[AllLanguages.Length];
        scores.Clear();
        marks.Clear();
        var (first, last) = (-1, 0);
        for (var at = 0; text[at..].IndexOfAny(_search) is var next and >= 0; at++)
        {
            at += next;
            if (text[at..].StartsWith(Fence))
            {
                Fences(text, ref at, scores, marks, ref first, ref last);
                continue;
            }

            var start = IsLineStart(text, at);
            foreach (var (language, index, marker, weight, lineStart) in _byFirst[text[at]])
            {
                if ((lineStart && !start) || !text[at..].StartsWith(marker) || (marks[language] >> (index & 63) & 1) != 0)
                {
                    continue;
                }

                // Each mark counts once: a word that prose repeats proves nothing.
                marks[language] |= 1ul << (index & 63);
                scores[language] += weight;
                first = first < 0 ? at : first;
                last = Math.Max(last, at + marker.Length);
            }
        }

        var best = -1;
        for (var i = 0; i < scores.Length; i++)
        {
            if (_wanted[i] && scores[i] >= Enough && System.Numerics.BitOperations.PopCount(marks[i]) >= FewestMarks && (best < 0 || scores[i] > scores[best]))
            {
                best = i;
            }
        }

        if (best >= 0)
        {
            found.Add(new Detection(Name, "source_code", AllLanguages[best], Math.Min(1, scores[best] / (scores[best] + 2)), first, last - first, $"looks like {AllLanguages[best]}"));
        }
    }

    /// <summary>Nothing: code is judged as a whole, and not masked.</summary>
    public int HoldFrom(ReadOnlySpan<char> text) => text.Length;

    // "```python" names its language.
    private static void Fences(ReadOnlySpan<char> text, ref int at, Span<double> scores, Span<ulong> marks, ref int first, ref int last)
    {
        var name = text[(at + Fence.Length)..Math.Min(text.Length, at + Fence.Length + 16)];
        var end = name.IndexOfAny(" \r\n");
        name = end < 0 ? name : name[..end];
        for (var i = 0; i < AllLanguages.Length; i++)
        {
            if (name.Equals(AllLanguages[i], StringComparison.OrdinalIgnoreCase) && (marks[i] & (1ul << 63)) == 0)
            {
                scores[i] += Fenced;
                marks[i] |= 3ul << 62;
                first = first < 0 ? at : first;
                last = Math.Max(last, at + Fence.Length);
            }
        }

        at += Fence.Length - 1;
    }

    private static bool IsLineStart(ReadOnlySpan<char> text, int at)
    {
        while (at > 0 && text[at - 1] is ' ' or '\t')
        {
            at--;
        }

        return at == 0 || text[at - 1] is '\n' or '`';
    }
}
