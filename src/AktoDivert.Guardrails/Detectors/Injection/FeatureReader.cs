using System.Numerics;

namespace AktoDivert.Guardrails.Detectors.Injection;

/// <summary>
/// Reads a text once and gives its features: words and stems by themselves, in twos and threes, patterns of word classes, labels and
/// markup that imitate roles. Digits within words count as the letters they imitate; letters set apart by blanks as one word.
/// </summary>
internal static class FeatureReader
{
    /// <summary>Hash of no characters (FNV-1a).</summary>
    public const uint WordSeed = 2166136261;

    private const int StemLength = 5;
    private const int LongestSentence = 60;
    private static readonly int StartClass = WordClasses.Of(WordClasses.Start);
    private static readonly int EndClass = WordClasses.Of(WordClasses.End);

    private const uint Boundary = 0x9E3779B9;

    /// <summary>Hash of a word with one more character.</summary>
    public static uint Step(uint hash, char c) => (hash ^ c) * 16777619;

    /// <summary>Reads the text.</summary>
    public static void Read<TSink>(ReadOnlySpan<char> text, ref TSink sink)
        where TSink : struct, IFeatureSink
    {
        var state = new State(stackalloc int[InjectionPatterns.All.Count * InjectionPattern.MostSteps], stackalloc (int Kind, int Position)[State.MostRecent]);
        state.Begin(ref sink);
        for (var i = 0; i < text.Length; i++)
        {
            if (state.Length == 0 && char.IsAsciiLetter(text[i]))
            {
                var end = i + 1;
                while (end < text.Length && char.IsAsciiLetter(text[end]))
                {
                    end++;
                }

                state.Begin(text[i..end]);
                i = end - 1;
                continue;
            }

            var c = TextFolding.Fold(text[i]);
            if (char.IsHighSurrogate(c))
            {
                c = i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? TextFolding.Fold(c, text[++i]) : ' ';
            }

            if (c is TextFolding.Nothing or '\'')
            {
                continue;
            }

            if (char.IsAsciiLetterOrDigit(c) || (c > 127 && IsWord(c)) || (c is '@' or '$' && state.Length > 0 && i + 1 < text.Length && char.IsAsciiLetter(text[i + 1])))
            {
                if (c >= '\u2E80' && c < '\uAC00')
                {
                    // Scripts without blanks: every character is a word.
                    state.EndWord(ref sink);
                    state.Append(c);
                    state.EndWord(ref sink);
                    state.Pair(c, ref sink);
                }
                else
                {
                    state.Append(c);
                }

                continue;
            }

            state.EndWord(ref sink);
            state.Separator();
            if (state.Words >= LongestSentence)
            {
                state.EndSentence(i, ref sink);
            }

            switch (c)
            {
                case '.' or '!' or '?' or '\n' or '。' or '！' or '？' or '।':
                    if (c != '.' || i + 1 == text.Length || text[i + 1] is ' ' or '\n' or '"' or '\'' or '”' or ')')
                    {
                        state.EndSentence(i + 1, ref sink);
                    }

                    break;
                case ':':
                    state.Label(ref sink);
                    break;
                case '<' or '[' or '#' or '|':
                    if (c == '<' && i + 1 < text.Length && (text[i + 1] is '/' or '!' || char.IsAsciiLetter(text[i + 1])))
                    {
                        state.EndSentence(i, ref sink);
                    }

                    State.Mark(c, i + 1 < text.Length ? text[i + 1] : ' ', ref sink);
                    break;
            }
        }

        state.EndWord(ref sink);
        state.Separator();
        state.Separator();
        state.EndSpelled(ref sink);
        state.EndSentence(text.Length, ref sink);
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c)
        || (c >= 0x300 && char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark);

    private ref struct State(Span<int> seen, Span<(int Kind, int Position)> recent)
    {
        /// <summary>Word classes met before that pairs are made with.</summary>
        public const int MostRecent = 8;

        private const int PairReach = 8;

        private readonly Span<int> _seen = seen;
        private readonly Span<(int Kind, int Position)> _recent = recent;
        private Prefixes _prefixes;
        private int _met, _hangul;
        private uint _word = WordSeed, _stem = WordSeed, _leet = WordSeed, _leetStem = WordSeed;
        private bool _letters, _digits;
        private uint _word1 = Boundary, _stem1 = Boundary, _stem2 = Boundary;
        private uint _spelled = WordSeed, _spelledStem = WordSeed;
        private int _spelledLength, _gap, _position = 100;
        private char _single, _before, _before2;

        public int Length { get; private set; }

        public int Words { get; private set; }

        public void Begin<TSink>(ref TSink sink)
            where TSink : struct, IFeatureSink
        {
            _position++;
            Advance(StartClass, ref sink);
        }

        // Most words are plain letters, which imitate nothing: one pass without a look at each.
        public void Begin(ReadOnlySpan<char> letters)
        {
            var hash = WordSeed;
            var stem = Math.Min(letters.Length, StemLength);
            foreach (var c in letters[..stem])
            {
                hash = Step(hash, (char)(c | 0x20));
            }

            _stem = _leetStem = hash;
            foreach (var c in letters[stem..])
            {
                hash = Step(hash, (char)(c | 0x20));
            }

            (_word, _leet, _letters, _single, Length) = (hash, hash, true, (char)(letters[^1] | 0x20), letters.Length);
        }

        public void Append(char c)
        {
            _single = c;
            var plain = c switch { '0' => 'o', '1' => 'i', '3' => 'e', '4' => 'a', '5' => 's', '7' => 't', '@' => 'a', '$' => 's', _ => c };
            _letters |= plain == c;
            _digits |= plain != c;
            _word = Step(_word, c);
            _leet = Step(_leet, plain);
            if (c >= '\uAC00' && Length is > 0 and < 4)
            {
                _prefixes[Length - 1] = _word;
                _hangul = Length;
            }

            if (Length < StemLength)
            {
                _stem = Step(_stem, c);
                _leetStem = Step(_leetStem, plain);
            }

            Length++;
        }

        public void Separator() => _gap++;

        public void EndWord<TSink>(ref TSink sink)
            where TSink : struct, IFeatureSink
        {
            if (Length == 0)
            {
                return;
            }

            var (word, stem) = _letters && _digits ? (_leet, _leetStem) : (_word, _stem);
            for (var i = 0; i < _hangul && _prefixes[i] != word; i++)
            {
                Classify(_prefixes[i], ref sink);
            }

            _hangul = 0;
            var single = Length == 1 && char.IsLetter(_single);
            (Length, _letters, _digits, _word, _stem, _leet, _leetStem) = (0, false, false, WordSeed, WordSeed, WordSeed, WordSeed);
            if (single && _single < '\u2E80')
            {
                if (_gap > 1)
                {
                    EndSpelled(ref sink);
                }

                _spelled = Step(_spelled, _single);
                _spelledStem = _spelledLength < StemLength ? Step(_spelledStem, _single) : _spelledStem;
                _spelledLength++;
                _gap = 0;
                return;
            }

            EndSpelled(ref sink);
            _gap = 0;
            Word(word, stem, ref sink);
        }

        public void EndSpelled<TSink>(ref TSink sink)
            where TSink : struct, IFeatureSink
        {
            var (word, stem, length) = (_spelled, _spelledStem, _spelledLength);
            (_spelled, _spelledStem, _spelledLength) = (WordSeed, WordSeed, 0);
            if (length > 0)
            {
                Word(word, stem, ref sink);
            }
        }

        public void EndSentence<TSink>(int end, ref TSink sink)
            where TSink : struct, IFeatureSink
        {
            EndSpelled(ref sink);
            if (Words > 0)
            {
                _position++;
                Advance(EndClass, ref sink);
                sink.Feature(Mix(_stem1, Boundary, 3));
                sink.Sentence(end);
            }

            (_word1, _stem1, _stem2, Words, _met) = (Boundary, Boundary, Boundary, 0, 0);
            (_before, _before2) = ('\0', '\0');
            Begin(ref sink);
        }

        // In scripts without blanks words of two and three characters are most; longer ones are known by their first three.
        public void Pair<TSink>(char c, ref TSink sink)
            where TSink : struct, IFeatureSink
        {
            if (_before != 0)
            {
                Classify(Step(Step(WordSeed, _before), c), ref sink);
                if (_before2 != 0)
                {
                    Classify(Step(Step(Step(WordSeed, _before2), _before), c), ref sink);
                }
            }

            (_before2, _before) = (_before, c);
        }

        // "System:" at the start of a line.
        public readonly void Label<TSink>(ref TSink sink)
            where TSink : struct, IFeatureSink
        {
            if (Words is 1 or 2)
            {
                sink.Feature(Mix(_word1, 7, 7));
            }
        }

        // Markup that chat templates use for roles.
        public static void Mark<TSink>(char mark, char next, ref TSink sink)
            where TSink : struct, IFeatureSink
        {
            if (next is '|' or '!' or '#' or '<' or '>' or '[' || char.IsAsciiLetterUpper(next))
            {
                sink.Feature(Mix(mark, char.IsAsciiLetterUpper(next) ? 'A' : next, 8));
            }
        }

        private void Word<TSink>(uint word, uint stem, ref TSink sink)
            where TSink : struct, IFeatureSink
        {
            sink.Feature(Mix(word, 1, 1));
            sink.Feature(Mix(stem, 6, 6));
            sink.Feature(Mix(_word1, word, 2));
            sink.Feature(Mix(_stem1, stem, 3));
            sink.Feature(Mix(_stem2, stem, 4));
            sink.Feature(Mix((_stem2 * 31) + _stem1, stem, 5));
            (_word1, _stem2, _stem1) = (word, _stem1, stem);
            _position++;
            Classify(word, ref sink);
            Words++;
        }

        private void Classify<TSink>(uint word, ref TSink sink)
            where TSink : struct, IFeatureSink
        {
            if (WordClasses.ClassesOf(word) is not { } classes)
            {
                return;
            }

            for (var half = 0; half < classes.Length; half++)
            {
                for (var bits = classes[half]; bits != 0; bits &= bits - 1)
                {
                    var kind = (half * 64) + BitOperations.TrailingZeroCount(bits);
                    Advance(kind, ref sink);
                    PairUp(kind, ref sink);
                }
            }
        }

        // Two classes in order, whatever stands between them: what carries over to wordings that were not trained.
        private void PairUp<TSink>(int kind, ref TSink sink)
            where TSink : struct, IFeatureSink
        {
            for (var i = Math.Max(0, _met - MostRecent); i < _met; i++)
            {
                var (before, position) = _recent[i % MostRecent];
                if (position < _position && _position - position <= PairReach)
                {
                    sink.Feature(Mix((uint)before, (uint)kind, 12));
                }
            }

            _recent[_met++ % MostRecent] = (kind, _position);
        }

        // Every pattern that waits for the class goes a step on.
        private readonly void Advance<TSink>(int kind, ref TSink sink)
            where TSink : struct, IFeatureSink
        {
            if (kind != StartClass)
            {
                sink.Feature(Mix((uint)kind, 5, 11));
            }

            foreach (var (index, step) in InjectionPatterns.ByClass[kind])
            {
                var at = index * InjectionPattern.MostSteps;
                var steps = InjectionPatterns.All[index].Steps;
                if (step > 0 && (_seen[at + step - 1] == 0 || _seen[at + step - 1] == _position || _position - _seen[at + step - 1] > steps[step].Reach))
                {
                    continue;
                }

                _seen[at + step] = _position;
                if (step == steps.Length - 1)
                {
                    sink.Pattern(index);
                    sink.Feature(Mix((uint)index, 99, 9));
                }
            }
        }

        // Korean words carry their particles: the first two, three and four syllables are looked up as well.
        [System.Runtime.CompilerServices.InlineArray(3)]
        private struct Prefixes
        {
            private uint _first;
        }

        private static uint Mix(uint a, uint b, uint kind)
        {
            var h = (a * 0x85EBCA6B) ^ BitOperations.RotateLeft(b * 0xC2B2AE35, 13) ^ (kind * 0x27D4EB2F);
            h ^= h >> 15;
            h *= 0x2C1B3C6D;
            return h ^ (h >> 13);
        }
    }
}
