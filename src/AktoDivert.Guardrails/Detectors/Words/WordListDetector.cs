using System.Buffers;

namespace AktoDivert.Guardrails.Detectors.Words;

/// <summary>Words and phrases, whole and in any case, found in one pass for all lists.</summary>
internal sealed class WordListDetector : IDetector
{
    private readonly SearchValues<string> _search;
    private readonly (string Word, string List)[] _words;
    private readonly int _longest;

    private WordListDetector((string Word, string List)[] words)
    {
        // The longest first: where "api" and "api key" both stand, the longer one is reported.
        _words = [.. words.OrderByDescending(w => w.Word.Length)];
        _search = SearchValues.Create([.. words.Select(w => w.Word)], StringComparison.OrdinalIgnoreCase);
        _longest = _words[0].Word.Length;
    }

    /// <inheritdoc />
    public string Name => "words";

    /// <summary>Builds the search; null when there is nothing to look for.</summary>
    /// <param name="options">Lists.</param>
    /// <param name="errors">Gets a sentence for each list that cannot be used.</param>
    public static WordListDetector? Create(IReadOnlyList<WordListOption> options, IList<string> errors)
    {
        var words = new List<(string, string)>();
        foreach (var option in options)
        {
            if (option.Words.Count == 0 || option.Words.Any(string.IsNullOrWhiteSpace))
            {
                errors.Add($"word list '{option.Name}' is empty or has an empty word; write at least one word, and none empty");
                continue;
            }

            words.AddRange(option.Words.Select(w => (w.Trim(), option.Name)));
        }

        return words.Count == 0 ? null : new WordListDetector([.. words]);
    }

    /// <inheritdoc />
    public void Scan(ReadOnlySpan<char> text, List<Detection> found)
    {
        var at = 0;
        while (text[at..].IndexOfAny(_search) is var next and >= 0)
        {
            at += next;
            at += Report(text, at, found);
        }
    }

    /// <inheritdoc />
    public int HoldFrom(ReadOnlySpan<char> text)
    {
        // One character more than a word: only what follows shows whether the word ends there.
        for (var from = Math.Max(0, text.Length - _longest); from < text.Length; from++)
        {
            var tail = text[from..];
            foreach (var (word, _) in _words)
            {
                if (Text.IsWordStart(text, from) && word.AsSpan().StartsWith(tail, StringComparison.OrdinalIgnoreCase))
                {
                    return from;
                }
            }
        }

        return text.Length;
    }

    private int Report(ReadOnlySpan<char> text, int at, List<Detection> found)
    {
        foreach (var (word, list) in _words)
        {
            if (text[at..].StartsWith(word, StringComparison.OrdinalIgnoreCase)
                && Text.IsWordStart(text, at) && Text.IsWordEnd(text, at + word.Length))
            {
                found.Add(new Detection(Name, "word", list, 1, at, word.Length));
                return word.Length;
            }
        }

        return 1;
    }
}
