using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Identifiers of Finland, Sweden and Poland.</summary>
internal static partial class NorthernEurope
{
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<PiiRule> Rules { get; } =
    [
        new("fi_personal_identity_code", "d6 n9", 0.7, Finnish, "hetu", "henkilötunnus", "personbeteckning", "personal identity") { Glued = true },
        new("se_personnummer", "d6,8,10,12 n10", 0.5, SwedishPerson, "personnummer", "pnr", "personal identity", "samordningsnummer") { Glued = true },
        new("se_organisationsnummer", "d6,10 n10", 0.3, SwedishCompany, "organisationsnummer", "orgnummer", "orgnr", "org.nr", "org-nr"),
        new("pl_pesel", "d11", 0.3, Pesel, "pesel"),
    ];

    // DVV: DDMMYY, century sign, 002 to 899 (900s for tests), check character of the nine digits modulo 31.
    private static int Finnish(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(Hetu(), text, start);
        var digits = Digits.Of(text.Slice(start, Math.Max(0, length - 1)), stackalloc byte[9]);
        if (length == 0 || !Digits.IsDate(Digits.Number(digits[4..6]), Digits.Number(digits[2..4]), Digits.Number(digits[..2])) || Digits.Number(digits[6..]) < 2)
        {
            return 0;
        }

        return "0123456789ABCDEFHJKLMNPRSTUVWXY"[Digits.Number(digits) % 31] == char.ToUpperInvariant(text[start + length - 1]) ? length : 0;
    }

    // Skatteverket SKV 704: Luhn over the last ten digits; 60 is added to the day of coordination numbers.
    private static int SwedishPerson(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(Person(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[12]);
        if (length == 0)
        {
            return 0;
        }

        var ten = digits[^10..];
        var year = digits.Length == 12 ? Digits.Number(digits[..4]) : Digits.Number(ten[..2]);
        var day = Digits.Number(ten[4..6]);
        var valid = Digits.IsDate(year, Digits.Number(ten[2..4]), day > 60 ? day - 60 : day) && Checksums.Luhn(ten);
        score = length > 10 ? 0.5 : 0.3;
        return valid && year is < 100 or (>= 1850 and <= 2100) ? length : 0;
    }

    // Bolagsverket: the third digit is at least 2, so that no birth month looks the same; Luhn.
    private static int SwedishCompany(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(Company(), text, start);
        return length > 0 && Checksums.Luhn(Digits.Of(text.Slice(start, length), stackalloc byte[10])) ? length : 0;
    }

    // Act on population records: 20, 40, 60, 80 added to the month tell the century; weights 1, 3, 7, 9.
    private static int Pesel(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(Eleven(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[11]);
        return length > 0 && Digits.IsDate(Digits.Number(digits[..2]), Digits.Number(digits[2..4]) % 20, Digits.Number(digits[4..6]))
            && Checksums.Weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 == 0 ? length : 0;
    }

    [GeneratedRegex(@"\G[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y](?!\w)", AnyCase)]
    private static partial Regex Hetu();

    [GeneratedRegex(@"\G(?:[0-9]{2})?[0-9]{6}[-+]?[0-9]{4}(?!\w)")]
    private static partial Regex Person();

    [GeneratedRegex(@"\G[1-9][0-9][2-9][0-9]{3}-?[0-9]{4}(?!\w)")]
    private static partial Regex Company();

    [GeneratedRegex(@"\G[0-9]{11}(?!\w)")]
    private static partial Regex Eleven();
}
