using System.Buffers;

namespace AktoDivert.Guardrails.Detectors.Topics;

/// <summary>
/// Denied topics: by keywords as they stand, and by sentences whose stems are those of a sample sentence (cosine over sets of stems,
/// words without content left out).
/// </summary>
internal sealed class TopicDetector : IDetector
{
    private const int MostStems = 64;
    private const int FewestStems = 3;
    private const int StemLength = 5;

    private static readonly HashSet<uint> Empty =
    [
        .. ("a an the of to in on at by for with from and or but if is are was were be been do does did have has had will would can could should how what why when where who which i you he she it we they me my "
            + "your our their this that these those not no as so than then there here please about into over also just").Split(' ').Select(w => Stem(w)),
    ];

    private readonly (string Name, string Word)[] _keywords;
    private readonly SearchValues<string>? _search;
    private readonly (string Name, uint[] Stems, double Threshold)[] _samples;

    private TopicDetector(IReadOnlyList<TopicOption> topics)
    {
        _keywords = [.. topics.SelectMany(t => t.Keywords.Select(k => (t.Name, k.Trim()))).OrderByDescending(k => k.Item2.Length)];
        _search = _keywords.Length == 0 ? null : SearchValues.Create([.. _keywords.Select(k => k.Word)], StringComparison.OrdinalIgnoreCase);
        _samples = [.. topics.SelectMany(t => t.Samples.Select(s => (t.Name, StemsOf(s), t.Threshold))).Where(s => s.Item2.Length > 0)];
    }

    /// <inheritdoc />
    public string Name => "topic";

    /// <summary>Builds the detector; null when there is no topic.</summary>
    /// <param name="topics">Topics.</param>
    /// <param name="errors">Gets a sentence per topic that cannot be used.</param>
    public static TopicDetector? Create(IReadOnlyList<TopicOption> topics, IList<string> errors)
    {
        var usable = new List<TopicOption>();
        foreach (var topic in topics)
        {
            if (topic.Keywords.Any(string.IsNullOrWhiteSpace) || (topic.Keywords.Count == 0 && topic.Samples.All(s => StemsOf(s).Length == 0)))
            {
                errors.Add($"topic '{topic.Name}' has an empty keyword, or neither a keyword nor a sample with content; write one");
            }
            else if (topic.Threshold is <= 0 or > 1)
            {
                errors.Add($"topic '{topic.Name}' has the threshold {topic.Threshold}; write a number above 0, at most 1");
            }
            else
            {
                usable.Add(topic);
            }
        }

        return usable.Count == 0 ? null : new TopicDetector(usable);
    }

    /// <inheritdoc />
    public void Scan(ReadOnlySpan<char> text, List<Detection> found)
    {
        if (_search is not null)
        {
            Keywords(text, found);
        }

        if (_samples.Length == 0)
        {
            return;
        }

        Span<uint> stems = stackalloc uint[MostStems];
        for (var start = 0; start < text.Length;)
        {
            var length = text[start..].IndexOfAny(".!?\n");
            length = length < 0 ? text.Length - start : length + 1;
            var count = Read(text.Slice(start, length), stems);
            Nearest(stems[..count], start, length, found);
            start += length;
        }
    }

    /// <summary>Nothing: a topic is judged by sentences, and not masked.</summary>
    public int HoldFrom(ReadOnlySpan<char> text) => text.Length;

    private void Keywords(ReadOnlySpan<char> text, List<Detection> found)
    {
        for (var at = 0; text[at..].IndexOfAny(_search!) is var next and >= 0;)
        {
            at += next;
            var taken = 1;
            foreach (var (name, word) in _keywords)
            {
                if (text[at..].StartsWith(word, StringComparison.OrdinalIgnoreCase) && Text.IsWordStart(text, at) && Text.IsWordEnd(text, at + word.Length))
                {
                    found.Add(new Detection(Name, "topic", name, 1, at, word.Length));
                    taken = word.Length;
                    break;
                }
            }

            at += taken;
        }
    }

    private void Nearest(ReadOnlySpan<uint> stems, int start, int length, List<Detection> found)
    {
        foreach (var (name, sample, threshold) in _samples)
        {
            var common = 0;
            foreach (var stem in sample)
            {
                common += stems.Contains(stem) ? 1 : 0;
            }

            var cosine = stems.Length == 0 ? 0 : common / Math.Sqrt((double)sample.Length * stems.Length);
            // A sample of one or two words is a phrase: all of it must be there.
            if (sample.Length < FewestStems ? common == sample.Length : common >= FewestStems && cosine >= threshold)
            {
                found.Add(new Detection(Name, "topic", name, cosine, start, length, "is worded like a sample of the topic"));
                return;
            }
        }
    }

    private static uint[] StemsOf(string text)
    {
        Span<uint> stems = stackalloc uint[MostStems];
        return stems[..Read(text, stems)].ToArray();
    }

    // The different stems of the words with content.
    private static int Read(ReadOnlySpan<char> text, Span<uint> stems)
    {
        var count = 0;
        for (var i = 0; i < text.Length && count < stems.Length; i++)
        {
            var start = i;
            while (i < text.Length && Text.IsWord(text[i]))
            {
                i++;
            }

            if (i > start && Stem(text[start..i]) is var stem && !Empty.Contains(stem) && !stems[..count].Contains(stem))
            {
                stems[count++] = stem;
            }
        }

        return count;
    }

    private static uint Stem(ReadOnlySpan<char> word)
    {
        var hash = 2166136261u;
        foreach (var c in word[..Math.Min(word.Length, StemLength)])
        {
            hash = (hash ^ char.ToLowerInvariant(c)) * 16777619;
        }

        return hash;
    }
}
