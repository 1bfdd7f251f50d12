using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Identifiers of South Korea.</summary>
internal static partial class Korea
{
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<PiiRule> Rules { get; } =
    [
        new("kr_rrn", "d6,13 n13", 0.4, (text, start, ref score) => Registration(text, start, Resident(), 0, ref score), "주민등록", "resident registration", "rrn"),
        new("kr_frn", "d6,13 n13", 0.4, (text, start, ref score) => Registration(text, start, Foreigner(), 2, ref score), "외국인등록", "foreigner registration", "frn"),
        new("kr_brn", "d3,10 n10", 0.2, BusinessNumber, "사업자등록", "business registration", "brn"),
        new("kr_passport", "l1 n7", 0.1, (text, start, ref _) => Digits.LengthAt(Passport(), text, start), "여권", "passport"),
        new("kr_driver_license", "d2 n12", 0.4, (text, start, ref _) => Digits.LengthAt(Licence(), text, start), "운전면허", "면허", "driver", "license"),
    ];

    // Birth date, digit for century and sex, region below 96; since October 2020 the rest is random, before it a check digit modulo 11.
    private static int Registration(ReadOnlySpan<char> text, int start, Regex form, int shift, ref double score)
    {
        var length = Digits.LengthAt(form, text, start);
        if (length == 0)
        {
            return 0;
        }

        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[13]);
        if (!Digits.IsDate(Digits.Number(digits[..2]), Digits.Number(digits[2..4]), Digits.Number(digits[4..6])) || Digits.Number(digits[7..9]) > 95)
        {
            return 0;
        }

        var check = (11 - (Checksums.Weighted(digits[..12], [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) + shift) % 10;
        score = check == digits[12] ? 0.7 : length > 13 ? 0.4 : 0.2;
        return length;
    }

    // National Tax Service: weights 1, 3, 7, and the tens of the ninth product added.
    private static int BusinessNumber(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(Business(), text, start);
        if (length == 0)
        {
            return 0;
        }

        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[10]);
        var sum = Checksums.Weighted(digits[..9], [1, 3, 7, 1, 3, 7, 1, 3, 5]) + (digits[8] * 5 / 10);
        score = length > 10 ? 0.5 : 0.15;
        return !Digits.AllSame(digits) && (10 - (sum % 10)) % 10 == digits[9] ? length : 0;
    }

    [GeneratedRegex(@"\G[0-9]{6}-?[1-4][0-9]{6}(?!\w)")]
    private static partial Regex Resident();

    [GeneratedRegex(@"\G[0-9]{6}-?[5-8][0-9]{6}(?!\w)")]
    private static partial Regex Foreigner();

    [GeneratedRegex(@"\G[0-9]{3}(-?)[0-9]{2}\1[0-9]{5}(?!\w)")]
    private static partial Regex Business();

    [GeneratedRegex(@"\G[MSRODG](?:[0-9]{3}[A-Z][0-9]{4}|[0-9]{8})(?!\w)", AnyCase)]
    private static partial Regex Passport();

    [GeneratedRegex(@"\G(?:1[1-9]|2[0-68])-[0-9]{2}-[0-9]{6}-[0-9]{2}(?!\w)")]
    private static partial Regex Licence();
}
