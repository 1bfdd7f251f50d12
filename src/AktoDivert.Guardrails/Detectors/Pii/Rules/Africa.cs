using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Identifiers of Nigeria and South Africa.</summary>
internal static partial class Africa
{
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<PiiRule> Rules { get; } =
    [
        new("ng_nin", "d11", 0.2, Nin, "nin", "national identi", "nimc"),
        new("ng_vehicle_registration", "l3 w3 n3", 0.2, (text, start, ref _) => Digits.LengthAt(Plate(), text, start), "plate", "vehicle", "registration", "frsc"),
        new("za_id_number", "d13", 0.6, SouthAfricanId, "rsa id", "sa id", "identity number", "south african"),
    ];

    // NIMC: eleven digits, Verhoeff.
    private static int Nin(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(Eleven(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[11]);
        return length > 0 && !Digits.AllSame(digits) && Checksums.Verhoeff(digits) ? length : 0;
    }

    // DHA: birth date, serial, citizenship 0 to 2, 8 or 9, Luhn.
    private static int SouthAfricanId(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(Thirteen(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[13]);
        return length > 0 && Digits.IsDate(Digits.Number(digits[..2]), Digits.Number(digits[2..4]), Digits.Number(digits[4..6])) && Checksums.Luhn(digits) ? length : 0;
    }

    [GeneratedRegex(@"\G[0-9]{11}(?!\w)")]
    private static partial Regex Eleven();

    [GeneratedRegex(@"\G[0-9]{10}[0-2][89][0-9](?!\w)")]
    private static partial Regex Thirteen();

    [GeneratedRegex(@"\G[A-Z]{3}[- ]?[0-9]{3}[- ]?[A-Z]{2}(?!\w)", AnyCase)]
    private static partial Regex Plate();
}
