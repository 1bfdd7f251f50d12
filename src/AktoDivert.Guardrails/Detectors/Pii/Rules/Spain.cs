using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Identifiers of Spain.</summary>
internal static partial class Spain
{
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<PiiRule> Rules { get; } =
    [
        new("es_nif", "d7,8", 0.6, (text, start, ref _) => Checked(text, start, Digits.LengthAt(Nif(), text, start), 0), "nif", "dni", "documento nacional"),
        new("es_nie", "l1 w1 n7", 0.6, Nie, "nie", "extranjero"),
        new("es_passport", "l3 n6", 0.1, (text, start, ref _) => Digits.LengthAt(Passport(), text, start), "pasaporte", "passport"),
    ];

    private static int Nie(ReadOnlySpan<char> text, int start, ref double score) =>
        Checked(text, start, Digits.LengthAt(NieForm(), text, start), ((text[start] | 0x20) - 'x') * 10_000_000);

    // Ministry of the Interior: the number modulo 23 selects the letter; X, Y, Z in front count as 0, 1, 2.
    private static int Checked(ReadOnlySpan<char> text, int start, int length, int front)
    {
        if (length == 0)
        {
            return 0;
        }

        var number = front + Digits.Number(Digits.Of(text.Slice(start, length), stackalloc byte[8]));
        return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == char.ToUpperInvariant(text[start + length - 1]) ? length : 0;
    }

    [GeneratedRegex(@"\G[0-9]{7,8}-?[A-Z](?!\w)", AnyCase)]
    private static partial Regex Nif();

    [GeneratedRegex(@"\G[XYZ]-?[0-9]{7}-?[A-Z](?!\w)", AnyCase)]
    private static partial Regex NieForm();

    [GeneratedRegex(@"\G[A-Z]{3}[0-9]{6}(?!\w)", AnyCase)]
    private static partial Regex Passport();
}
