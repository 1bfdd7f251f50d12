using System.Globalization;

namespace AktoDivert.Guardrails.Detectors.Pii;

/// <summary>Before which runs of characters a rule is tried. It spares most rules most candidates.</summary>
/// <param name="Digits">Bit n: a run of n digits; bit 31 and longer as 31.</param>
/// <param name="Letters">Bit n: a run of n ASCII letters.</param>
/// <param name="Plus">A plus sign.</param>
/// <param name="Parenthesis">An opening parenthesis.</param>
internal readonly record struct PiiStarts(uint Digits, uint Letters, bool Plus, bool Parenthesis)
{
    /// <summary>Reads the form that <see cref="PiiRule"/> describes.</summary>
    /// <exception cref="FormatException">It is not that form.</exception>
    public static PiiStarts Parse(string form)
    {
        var (digits, letters, plus, parenthesis) = (0u, 0u, false, false);
        foreach (var word in form.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (word[0])
            {
                case '+':
                    plus = true;
                    break;
                case '(':
                    parenthesis = true;
                    break;
                case 'd':
                    digits |= Lengths(word[1..]);
                    break;
                case 'l':
                    letters |= Lengths(word[1..]);
                    break;
                default:
                    throw new FormatException($"'{word}' is not a start");
            }
        }

        return new PiiStarts(digits, letters, plus, parenthesis);
    }

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
