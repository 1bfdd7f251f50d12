namespace AktoDivert.Guardrails.Detectors.Pii;

/// <summary>What a look at a place tells, before any rule is tried there.</summary>
/// <param name="Kind">What it begins with.</param>
/// <param name="Length">Length of the run of digits or letters, at most <see cref="LongestRun"/>.</param>
/// <param name="Digits">Digits that a match from here on could take in, at most <see cref="MostDigits"/>.</param>
internal readonly record struct PiiCandidate(PiiStartKind Kind, int Length, int Digits)
{
    /// <summary>Longest run that is told apart.</summary>
    public const int LongestRun = 31;

    /// <summary>Most digits that are counted.</summary>
    public const int MostDigits = 15;

    private const int Reach = 48;
    private const int LettersAfterSign = 3;
    private const int LettersAfterDigit = 5;
    private const int MostSigns = 3;

    /// <summary>Looks at the text from <paramref name="start"/> on.</summary>
    public static PiiCandidate At(ReadOnlySpan<char> text, int start)
    {
        var c = text[start];
        if (c is '+' or '(')
        {
            return new PiiCandidate(c == '+' ? PiiStartKind.Plus : PiiStartKind.Parenthesis, 1, CountDigits(text, start + 1));
        }

        var length = 1;
        var digits = char.IsAsciiDigit(c);
        while (start + length < text.Length && length < LongestRun && (digits ? char.IsAsciiDigit(text[start + length]) : char.IsLetter(text[start + length])))
        {
            length++;
        }

        if (digits)
        {
            return new PiiCandidate(PiiStartKind.Digits, length, CountDigits(text, start));
        }

        var kind = start + length == text.Length ? PiiStartKind.None
            : char.IsAsciiDigit(text[start + length]) ? PiiStartKind.Letters
            : text[start + length] is ' ' or '-' ? PiiStartKind.Words : PiiStartKind.None;
        return new PiiCandidate(kind, length, kind == PiiStartKind.None ? 0 : CountDigits(text, start + length));
    }

    // Digits, the signs that group them, and the few letters that identifiers have: anything else ends every match.
    private static int CountDigits(ReadOnlySpan<char> text, int start)
    {
        var (digits, letters, signs, most) = (0, 0, 0, LettersAfterDigit);
        foreach (var c in text.Slice(start, Math.Min(Reach, text.Length - start)))
        {
            if (char.IsAsciiDigit(c))
            {
                (letters, signs, most) = (0, 0, LettersAfterDigit);
                if (++digits == MostDigits)
                {
                    break;
                }
            }
            else if (c is ' ' or '-' or '+' or '.' or '/' or '(' or ')' or ':')
            {
                (letters, most) = (0, LettersAfterSign);
                if (++signs > MostSigns)
                {
                    break;
                }
            }
            else if (!char.IsLetter(c) || ++letters > most)
            {
                break;
            }
            else
            {
                signs = 0;
            }
        }

        return digits;
    }
}
