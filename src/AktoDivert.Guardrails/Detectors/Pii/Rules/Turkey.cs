using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Identifiers of Turkey.</summary>
internal static partial class Turkey
{
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<PiiRule> Rules { get; } =
    [
        new("tr_national_id", "d11", 0.5, NationalId, "tckn", "kimlik", "t.c.", "tc no", "vatandaş"),
        new("tr_license_plate", "d2 n4", 0.15, (text, start, ref _) => Digits.LengthAt(Plate(), text, start), "plaka", "plate", "araç", "ruhsat"),
    ];

    // NVI: the tenth digit is 7 * odd places - even places, the eleventh the sum of ten, both modulo 10.
    private static int NationalId(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(Eleven(), text, start);
        if (length == 0)
        {
            return 0;
        }

        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[11]);
        var odd = Checksums.Weighted(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
        var even = Checksums.Weighted(digits, [0, 1, 0, 1, 0, 1, 0, 1]);
        return ((7 * odd) - even + 1000) % 10 == digits[9] && (odd + even + digits[9]) % 10 == digits[10] ? length : 0;
    }

    [GeneratedRegex(@"\G[1-9][0-9]{10}(?!\w)")]
    private static partial Regex Eleven();

    // Province 01 to 81, one to three letters without Q, W, X, two to five digits.
    [GeneratedRegex(@"\G(?:0[1-9]|[1-7][0-9]|8[01])(?: ?[A-PR-VYZ] ?[0-9]{2,5}| ?[A-PR-VYZ]{2} ?[0-9]{2,4}| ?[A-PR-VYZ]{3} ?[0-9]{2,4})(?!\w)", AnyCase)]
    private static partial Regex Plate();
}
