using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Identifiers of Australia.</summary>
internal static partial class Australia
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<PiiRule> Rules { get; } =
    [
        new("au_abn", "d2,11 n11", 0.3, Abn, "abn", "australian business"),
        new("au_acn", "d3,9 n9", 0.1, Acn, "acn", "australian company"),
        new("au_tfn", "d3,9 n9", 0.1, Tfn, "tfn", "tax file"),
        new("au_medicare", "d4,10 n10", 0.15, Medicare, "medicare"),
    ];

    // ABR: one is taken from the first digit, weights, modulo 89.
    private static int Abn(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(AbnForm(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[11]);
        return length > 0 && (Checksums.Weighted(digits, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 == 0 ? length : 0;
    }

    // ASIC: weights 8 to 1, the complement modulo 10.
    private static int Acn(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(Nine(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[9]);
        return length > 0 && !Digits.AllSame(digits) && (10 - (Checksums.Weighted(digits[..8], [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10 == digits[8] ? length : 0;
    }

    // ATO: weights, modulo 11.
    private static int Tfn(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(Nine(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[9]);
        return length > 0 && !Digits.AllSame(digits) && Checksums.Weighted(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 == 0 ? length : 0;
    }

    // Services Australia: 2 to 6 in front, weights 1, 3, 7, 9 give the ninth digit, the tenth counts cards.
    private static int Medicare(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(MedicareForm(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[10]);
        return length > 0 && Checksums.Weighted(digits[..8], [1, 3, 7, 9, 1, 3, 7, 9]) % 10 == digits[8] ? length : 0;
    }

    [GeneratedRegex(@"\G[1-9][0-9]( ?)[0-9]{3}\1[0-9]{3}\1[0-9]{3}(?!\w)")]
    private static partial Regex AbnForm();

    [GeneratedRegex(@"\G[0-9]{3}([ -]?)[0-9]{3}\1[0-9]{3}(?!\w)")]
    private static partial Regex Nine();

    [GeneratedRegex(@"\G[2-6][0-9]{3}([ -]?)[0-9]{5}\1[0-9](?!\w)")]
    private static partial Regex MedicareForm();
}
