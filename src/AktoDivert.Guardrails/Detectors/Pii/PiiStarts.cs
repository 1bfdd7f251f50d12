using System.Globalization;

namespace AktoDivert.Guardrails.Detectors.Pii;

/// <summary>Before which runs of characters a rule is tried. It spares most rules most candidates.</summary>
/// <param name="Digits">Bit n: a run of n digits; bit 31 and longer as 31.</param>
/// <param name="Letters">Bit n: a run of n letters, then a digit.</param>
/// <param name="Words">Bit n: a run of n letters, then a blank or hyphen.</param>
/// <param name="Plus">A plus sign.</param>
/// <param name="Parenthesis">An opening parenthesis.</param>
/// <param name="Fewest">Digits that every match has, as <see cref="PiiCandidate.Digits"/> counts them.</param>
internal readonly record struct PiiStarts(uint Digits, uint Letters, uint Words, bool Plus, bool Parenthesis, int Fewest)
{
    /// <summary>Reads the form that <see cref="PiiRule"/> describes.</summary>
    /// <exception cref="FormatException">It is not that form.</exception>
    public static PiiStarts Parse(string form)
    {
        var starts = default(PiiStarts) with { Fewest = 1 };
        foreach (var word in form.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            starts = word[0] switch
            {
                '+' => starts with { Plus = true },
                '(' => starts with { Parenthesis = true },
                'd' => starts with { Digits = Lengths(word[1..]) },
                'l' => starts with { Letters = Lengths(word[1..]) },
                'w' => starts with { Words = Lengths(word[1..]) },
                'n' => starts with { Fewest = int.Parse(word[1..], CultureInfo.InvariantCulture) },
                _ => throw new FormatException($"'{word}' is not a start"),
            };
        }

        return starts;
    }

    /// <summary>Whether a match may begin where the candidate does.</summary>
    public bool Admit(PiiCandidate candidate) => candidate.Digits >= Fewest && candidate.Kind switch
    {
        PiiStartKind.Digits => (Digits >> candidate.Length & 1) != 0,
        PiiStartKind.Letters => (Letters >> candidate.Length & 1) != 0,
        PiiStartKind.Words => (Words >> candidate.Length & 1) != 0,
        PiiStartKind.Plus => Plus,
        PiiStartKind.Parenthesis => Parenthesis,
        _ => false,
    };

    private static uint Lengths(string list)
    {
        var bits = 0u;
        foreach (var part in list.Split(','))
        {
            var ends = part.Split('-');
            for (var n = int.Parse(ends[0], CultureInfo.InvariantCulture); n <= int.Parse(ends[^1], CultureInfo.InvariantCulture); n++)
            {
                bits |= 1u << n;
            }
        }

        return bits;
    }
}
