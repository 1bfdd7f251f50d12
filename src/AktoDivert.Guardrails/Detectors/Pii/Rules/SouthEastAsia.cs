using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Identifiers of Singapore, Thailand and the Philippines.</summary>
internal static partial class SouthEastAsia
{
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<PiiRule> Rules { get; } =
    [
        new("sg_fin", "l1 n7", 0.2, Fin, "fin", "nric", "identity card"),
        new("sg_uen", "d8,9 l1 n6", 0.4, Uen, "uen", "unique entity", "business registration"),
        new("th_tnin", "d1,13 n13", 0.3, ThaiId, "ประชาชน", "thai national", "tnin", "บัตร"),
        new("ph_tin", "d3 n9", 0.3, (text, start, ref _) => Digits.LengthAt(PhilippineTin(), text, start), "tin", "taxpayer", "bir"),
    ];

    // ICA: weights 2, 7, 6, 5, 4, 3, 2; T and G add 4, M adds 3. A wrong letter is a number mistyped or made up.
    private static int Fin(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(FinForm(), text, start);
        if (length == 0)
        {
            return 0;
        }

        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[7]);
        var kind = char.ToUpperInvariant(text[start]);
        var sum = Checksums.Weighted(digits, [2, 7, 6, 5, 4, 3, 2]) + (kind is 'T' or 'G' ? 4 : kind == 'M' ? 3 : 0);
        var check = kind switch
        {
            'S' or 'T' => "JZIHGFEDCBA"[sum % 11],
            'F' or 'G' => "XWUTRQPNMLK"[sum % 11],
            'M' => "XWUTRQPNJLK"[10 - (sum % 11)],
            _ => '\0',
        };
        score = check == char.ToUpperInvariant(text[start + 8]) ? 0.8 : check == '\0' ? 0.05 : 0.2;
        return length;
    }

    // ACRA: businesses, local companies, and others (year, type, number), each with a check letter of its own.
    private static int Uen(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(UenForm(), text, start);
        if (length == 0)
        {
            return 0;
        }

        const string Letters = "ABCDEFGHJKLMNPQRSTUVWX0123456789";
        var last = char.ToUpperInvariant(text[start + length - 1]);
        if (char.IsAsciiDigit(text[start]))
        {
            var digits = Digits.Of(text.Slice(start, length), stackalloc byte[9]);
            return (length == 9
                ? "XMKECAWLJDB"[Checksums.Weighted(digits, [10, 4, 9, 3, 8, 2, 7, 1]) % 11]
                : "ZKCMDNERGWH"[Checksums.Weighted(digits, [10, 8, 6, 4, 9, 7, 5, 3, 1]) % 11]) == last ? length : 0;
        }

        ReadOnlySpan<byte> weights = [4, 3, 5, 3, 10, 2, 2, 5, 7];
        var sum = 0;
        for (var i = 0; i < 9; i++)
        {
            sum += weights[i] * Math.Max(0, Letters.IndexOf(char.ToUpperInvariant(text[start + i]), StringComparison.Ordinal));
        }

        return Letters[(sum - 5 + 1100) % 11] == last ? length : 0;
    }

    // DOPA: kind 1 to 8, province as given out, check digit 11 - sum mod 11.
    private static int ThaiId(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(ThaiForm(), text, start);
        if (length == 0)
        {
            return 0;
        }

        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[13]);
        return (11 - (Checksums.Weighted(digits[..12], [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 == digits[12] ? length : 0;
    }

    [GeneratedRegex(@"\G[A-Z][0-9]{7}[A-Z](?!\w)", AnyCase)]
    private static partial Regex FinForm();

    [GeneratedRegex(@"\G(?:[0-9]{8}[A-Z]|(?:19|20)[0-9]{7}[A-Z]|[RST][0-9]{2}[A-Z]{2}[0-9]{4}[A-Z])(?!\w)", AnyCase)]
    private static partial Regex UenForm();

    [GeneratedRegex(@"\G[1-8]([- ]?)(?:1[0-9]|2[0-7]|3[0-9]|4[0-9]|5[0-8]|6[0-7]|7[0-7]|8[0-6]|9[0-6])[0-9]{2}\1[0-9]{5}\1[0-9]{2}\1[0-9](?!\w)")]
    private static partial Regex ThaiForm();

    [GeneratedRegex(@"\G[0-9]{3}-[0-9]{3}-[0-9]{3}(?:-[0-9]{3,5})?(?!\w)")]
    private static partial Regex PhilippineTin();
}
