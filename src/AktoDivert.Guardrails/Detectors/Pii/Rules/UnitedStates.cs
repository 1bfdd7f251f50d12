using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Identifiers of the United States.</summary>
internal static partial class UnitedStates
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<PiiRule> Rules { get; } =
    [
        new("us_ssn", "d3,5,9 n9", 0.5, Ssn, "ssn", "social", "security", "ssid", "ss#"),
        new("us_itin", "d3,9 n9", 0.4, Itin, "itin", "taxpayer", "individual", "tax"),
        new("us_mbi", "d1 n5", 0.6, Mbi, "mbi", "medicare", "beneficiary", "cms"),
        new("us_npi", "d10", 0.15, Npi, "npi", "provider", "physician", "prescriber"),
        new("us_passport", "d9 l1 n8", 0.1, Passport, "passport", "travel document"),
        new("us_driver_license", "d2,6-14,16 l1,2 n3", 0.1, DriverLicense, "driver", "license", "licence", "permit", "dl#", "dls", "lic#"),
        new("medical_license", "l2 n7", 0.5, Dea, "dea", "medical", "certificate", "license"),
    ];

    // SSA: no area 000, 666 or 9xx, no group 00, no serial 0000; and the numbers printed in advertisements.
    private static int Ssn(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(SsnForm(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[9]);
        if (length == 0 || Digits.AllSame(digits))
        {
            return 0;
        }

        var (area, group, serial, all) = (Digits.Number(digits[..3]), Digits.Number(digits[3..5]), Digits.Number(digits[5..]), Digits.Number(digits));
        if (area is 0 or 666 or >= 900 || group == 0 || serial == 0 || all is 78_051_120 or 123_456_789 or 219_099_999)
        {
            return 0;
        }

        score = length == 9 ? 0.15 : length == 10 ? 0.05 : 0.5;
        return length;
    }

    // IRS: 9xx, group 50 to 65, 70 to 88, 90 to 92, 94 to 99.
    private static int Itin(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(ItinForm(), text, start);
        score = length == 9 ? 0.15 : 0.5;
        return length;
    }

    private static int Mbi(ReadOnlySpan<char> text, int start, ref double score) => Digits.LengthAt(MbiForm(), text, start);

    // CMS: Luhn over 80840 and the number, which adds 24 to the sum.
    private static int Npi(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(NpiForm(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[10]);
        return length > 0 && !Digits.AllSame(digits[..9]) && (Checksums.LuhnSum(digits) + 24) % 10 == 0 ? length : 0;
    }

    private static int Passport(ReadOnlySpan<char> text, int start, ref double score)
    {
        score = char.IsAsciiDigit(text[start]) ? 0.05 : 0.1;
        return Digits.LengthAt(PassportForm(), text, start);
    }

    private static int DriverLicense(ReadOnlySpan<char> text, int start, ref double score)
    {
        score = char.IsAsciiDigit(text[start]) ? 0.05 : 0.15;
        return Digits.LengthAt(DriverLicenseForm(), text, start);
    }

    // DEA registration: (d1 + d3 + d5 + 2 * (d2 + d4 + d6)) mod 10 is d7.
    private static int Dea(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(DeaForm(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[7]);
        return length > 0 && Checksums.Weighted(digits, [1, 2, 1, 2, 1, 2]) % 10 == digits[6] ? length : 0;
    }

    [GeneratedRegex(@"\G(?:[0-9]{3}([-. ])[0-9]{2}\1[0-9]{4}|[0-9]{3}\.[0-9]{2}\.[0-9]{4}|[0-9]{9}|[0-9]{5}-[0-9]{4}|[0-9]{3}-[0-9]{6})(?!\w)")]
    private static partial Regex SsnForm();

    [GeneratedRegex(@"\G9[0-9]{2}([- ]?)(?:5[0-9]|6[0-5]|7[0-9]|8[0-8]|9[0-2]|9[4-9])\1[0-9]{4}(?!\w)")]
    private static partial Regex ItinForm();

    // CMS: digits 1 to 9, letters without S, L, O, I, B, Z.
    [GeneratedRegex(
        @"\G[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9](-?)[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]\1[AC-HJKMNP-RT-Y]{2}[0-9]{2}(?!\w)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MbiForm();

    [GeneratedRegex(@"\G[12][0-9]{9}(?!\w)")]
    private static partial Regex NpiForm();

    [GeneratedRegex(@"\G(?:[A-Z][0-9]{8}|[0-9]{9})(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PassportForm();

    // AAMVA D20 annex: letter and digits; two letters and digits; two digits, three letters, five digits; digits only.
    [GeneratedRegex(@"\G(?:[A-Z][0-9]{3,14}|[A-Z]{2}[0-9]{3,7}|[0-9]{2}[A-Z]{3}[0-9]{5,6}|[0-9]{6,14}|[0-9]{16}|[0-9]{7}[A-Z])(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DriverLicenseForm();

    [GeneratedRegex(@"\G[ABCDEFGHJKLMPRSTUX][A-Z][0-9]{7}(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DeaForm();
}
