using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Identifiers of the United Kingdom.</summary>
internal static partial class UnitedKingdom
{
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<PiiRule> Rules { get; } =
    [
        new("uk_nhs", "d3,10 n10", 0.2, Nhs, "nhs", "national health", "health services", "patient"),
        new("uk_nino", "l2 w2 n6", 0.5, (text, start, ref _) => Digits.LengthAt(Nino(), text, start), "national insurance", "nino", "ni number"),
        new("uk_passport", "l2 n7", 0.1, (text, start, ref _) => Digits.LengthAt(Passport(), text, start), "passport", "travel document"),
        new("uk_postcode", "l1-3 w3", 0.1, (text, start, ref _) => Digits.LengthAt(Postcode(), text, start), "postcode", "post code", "postal", "zip", "address"),
        new("uk_vehicle_registration", "l1-3 w3", 0.1, (text, start, ref _) => Digits.LengthAt(Plate(), text, start), "registration", "number plate",
            "vehicle", "reg ", "plate", "vrn", "dvla"),
        new("uk_driving_licence", "l1-5 n6", 0.6, (text, start, ref _) => Digits.LengthAt(Licence(), text, start), "driving", "licence", "license", "dvla"),
    ];

    // NHS data dictionary: weights 10 to 2, check digit 11 - sum mod 11; 10 does not occur.
    private static int Nhs(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(ThreeThreeFour(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[10]);
        return length > 0 && !Digits.AllSame(digits) && Checksums.Weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0 ? length : 0;
    }

    [GeneratedRegex(@"\G[0-9]{3}([- ]?)[0-9]{3}\1[0-9]{4}(?!\w)")]
    private static partial Regex ThreeThreeFour();

    // HMRC NIM39110: no D, F, I, Q, U, V in front, no O second; some pairs are not given out.
    [GeneratedRegex(@"\G(?!BG|GB|NK|KN|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D](?!\w)", AnyCase)]
    private static partial Regex Nino();

    [GeneratedRegex(@"\G[A-Z]{2}[0-9]{7}(?!\w)", AnyCase)]
    private static partial Regex Passport();

    // BS 7666: letters that a position allows.
    [GeneratedRegex(
        @"\G(?:GIR ?0AA|(?:[A-PR-UWYZ][0-9]{1,2}|[A-PR-UWYZ][A-HK-Y][0-9]{1,2}|[A-PR-UWYZ][0-9][A-HJKPSTUW]|[A-PR-UWYZ][A-HK-Y][0-9][ABEHMNPRVWXY]) ?[0-9][ABD-HJLNP-UW-Z]{2})(?!\w)",
        AnyCase)]
    private static partial Regex Postcode();

    // DVLA INF104: current (area, age 02 to 29 and 51 to 79, three letters), prefix and suffix forms; no I, Q or Z where they would confuse.
    [GeneratedRegex(
        @"\G(?:[A-HJ-PR-Y][A-HJ-PR-Y](?:0[2-9]|[12][0-9]|5[1-9]|[67][0-9])[ -]?[A-HJ-PR-Z]{3}|[A-HJ-NPR-TV-Y][0-9]{1,3}[ -]?[A-HJ-PR-Y][A-HJ-PR-Z]{2}|[A-HJ-PR-Y]{3}[ -]?[0-9]{1,3}[ -]?[A-HJ-NPR-TV-Y])(?!\w)",
        AnyCase)]
    private static partial Regex Plate();

    // DVLA: five letters of the name (9 fills up), decade, month (51 to 62 for women), day, year, two initials, a character, two letters.
    [GeneratedRegex(
        @"\G(?=[A-Z9]{5})[A-Z]{1,5}9{0,4}[0-9](?:0[1-9]|1[0-2]|5[1-9]|6[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9][A-Z][A-Z9][0-9A-Z][A-Z]{2}(?!\w)",
        AnyCase)]
    private static partial Regex Licence();
}
