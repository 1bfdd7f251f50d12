using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Phone numbers: international by the numbering plan of the country (ITU-T E.164), national by the plans of larger countries.</summary>
internal static partial class Phones
{
    // Country code, then fewest and most digits of the national number (ITU-T national numbering plans).
    private static ReadOnlySpan<short> Plans =>
    [
        1, 10, 10, 7, 10, 10, 20, 8, 10, 27, 9, 9, 30, 10, 10, 31, 9, 9, 32, 8, 9, 33, 9, 9, 34, 9, 9, 36, 8, 9, 39, 6, 11, 40, 9, 9, 41, 9, 9, 43, 6, 13,
        44, 9, 10, 45, 8, 8, 46, 7, 10, 47, 8, 8, 48, 9, 9, 49, 6, 12, 51, 8, 9, 52, 10, 10, 53, 8, 8, 54, 10, 11, 55, 10, 11, 56, 9, 9, 57, 10, 10,
        58, 10, 10, 60, 8, 10, 61, 9, 9, 62, 8, 12, 63, 8, 10, 64, 8, 10, 65, 8, 8, 66, 8, 9, 81, 9, 10, 82, 8, 10, 84, 9, 10, 86, 10, 11, 90, 10, 10,
        91, 10, 10, 92, 9, 10, 93, 9, 9, 94, 9, 9, 95, 7, 10, 98, 10, 10, 212, 9, 9, 213, 8, 9, 216, 8, 8, 234, 8, 10, 254, 9, 9, 255, 9, 9, 256, 9, 9,
        351, 9, 9, 352, 6, 11, 353, 7, 9, 354, 7, 9, 355, 8, 9, 356, 8, 8, 357, 8, 8, 358, 6, 11, 359, 8, 9, 370, 8, 8, 371, 8, 8, 372, 7, 8, 373, 8, 8,
        374, 8, 8, 375, 9, 9, 376, 6, 9, 377, 8, 9, 380, 9, 9, 381, 8, 9, 382, 8, 8, 385, 8, 9, 386, 8, 8, 387, 8, 8, 389, 8, 8, 420, 9, 9, 421, 9, 9,
        423, 7, 9, 852, 8, 8, 853, 8, 8, 855, 8, 9, 856, 8, 10, 880, 8, 10, 886, 8, 9, 961, 7, 8, 962, 8, 9, 963, 8, 9, 964, 8, 10, 965, 8, 8, 966, 9, 9,
        967, 7, 9, 968, 8, 8, 970, 8, 9, 971, 8, 9, 972, 8, 9, 973, 8, 8, 974, 8, 8, 975, 7, 8, 976, 8, 8, 977, 8, 10, 992, 9, 9, 993, 8, 8, 994, 9, 9,
        995, 9, 9, 996, 9, 9, 998, 9, 9,
    ];

    /// <summary>The rules.</summary>
    public static IReadOnlyList<PiiRule> Rules { get; } =
    [
        new("phone", "d1-14 + ( n6", 0.4, Phone, "phone", "number", "telephone", "cell", "mobile", "call", "tel", "fax", "telefon", "handy", "mobil", "whatsapp",
            "téléphone", "teléfono", "telefone", "电话", "電話", "手机", "전화", "טלפון"),
        new("ph_mobile_number", "d1,2,4,5,11,12 + n11", 0.4, PhilippineMobile, "mobile", "phone", "cell", "contact", "globe", "smart", "philippine"),
        new("tr_phone_number", "d1-4,10-12 + ( n10", 0.4, TurkishPhone, "telefon", "phone", "cep", "gsm", "numara", "mobil", "tel"),
    ];

    private static int Phone(ReadOnlySpan<char> text, int start, ref double score)
    {
        if (text[start] == '+')
        {
            score = 0.7;
            return International(text, start);
        }

        if (start > 0 && text[start - 1] is '+' or '(')
        {
            return 0;
        }

        // A year: four digits by themselves begin no number, except with the trunk prefix 0 or the long-distance 1.
        if (text[start] > '1' && start + 4 < text.Length && !text.Slice(start, 4).ContainsAnyExceptInRange('0', '9') && !char.IsAsciiDigit(text[start + 4]))
        {
            return 0;
        }

        var length = Digits.LengthAt(National(), text, start);
        if (length > 0)
        {
            // Digits without any grouping may be anything.
            score = text.Slice(start, length).ContainsAnyExceptInRange('0', '9') ? 0.4 : 0.15;
        }

        return length;
    }

    private static int International(ReadOnlySpan<char> text, int start)
    {
        var length = Digits.LengthAt(Plus(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[16]);
        for (var code = 1; code <= 3 && code < digits.Length; code++)
        {
            var country = Digits.Number(digits[..code]);
            for (var i = 0; i < Plans.Length; i += 3)
            {
                if (Plans[i] == country)
                {
                    return IsNational(country, digits[code..], Plans[i + 1], Plans[i + 2]) ? length : 0;
                }
            }
        }

        return 0;
    }

    private static bool IsNational(int country, ReadOnlySpan<byte> digits, int fewest, int most)
    {
        // "+44 (0)20 ..." writes the national prefix as well; Italy dials it.
        if (country != 39 && digits.Length > fewest && digits[0] == 0)
        {
            digits = digits[1..];
        }

        return digits.Length >= fewest && digits.Length <= most
            && (country != 1 || (digits[0] >= 2 && digits[3] >= 2 && !(digits[1] == 1 && digits[2] == 1)))
            && (country != 91 || digits[0] >= 1);
    }

    private static int PhilippineMobile(ReadOnlySpan<char> text, int start, ref double score) => Digits.LengthAt(Philippine(), text, start);

    private static int TurkishPhone(ReadOnlySpan<char> text, int start, ref double score)
    {
        if (start > 0 && text[start - 1] is '+' or '(')
        {
            return 0;
        }

        var length = Digits.LengthAt(Turkish(), text, start);
        score = length > 10 ? 0.5 : 0.3;
        return length;
    }

    [GeneratedRegex(@"\G\+[1-9][0-9]{0,2}(?:[ .\-/]?\(?[0-9]{1,5}\)?){2,6}(?!\w)")]
    private static partial Regex Plus();

    // NANP; UK; Germany; France; Israel; India; Brazil; China; Japan; Korea; Australia; Spain.
    [GeneratedRegex(
        @"\G(?:(?:1[-. ]?)?(?:\([2-9](?!11)[0-9]{2}\) ?|[2-9](?!11)[0-9]{2}[-. ]?)[2-9][0-9]{2}[-. ]?[0-9]{4}"
        + @"|\(?0[12378][0-9]{1,4}\)?[ -]?[0-9]{3,4}[ -]?[0-9]{3,5}"
        + @"|\(?0[1-9][0-9]{1,4}\)?[ /-][0-9]{3,8}(?:[ -][0-9]{1,4})?"
        + @"|0[1-9](?:[ .-][0-9]{2}){4}"
        + @"|0[23489]-?[0-9]{7}|0[57][0-9]-?[0-9]{3}-?[0-9]{4}"
        + @"|0?[6-9][0-9]{4}[ -]?[0-9]{5}"
        + @"|\(?[1-9][1-9]\)? ?9?[2-9][0-9]{3}-[0-9]{4}"
        + @"|1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}"
        + @"|0[789]0-?[0-9]{4}-?[0-9]{4}|01[016-9]-?[0-9]{3,4}-?[0-9]{4}"
        + @"|0[23478][0-9]{2}? ?[0-9]{3,4} ?[0-9]{3,4}"
        + @"|[6-9][0-9]{2} [0-9]{3} [0-9]{3}|[6-9][0-9]{2}(?: [0-9]{2}){3})(?!\w)(?! ?[0-9]{2})")]
    private static partial Regex National();

    [GeneratedRegex(@"\G(?:\+?63|0)[ -]?(?:\(9[0-9]{2}\)|9[0-9]{2})[ -]?[0-9]{3}[ -]?[0-9]{4}(?!\w)")]
    private static partial Regex Philippine();

    // Mobile 5xx; area codes 212 to 488 want the trunk or country prefix.
    [GeneratedRegex(@"\G(?:(?:\+90|0090|90|0)[ .-]?(?:\([2-5][0-9]{2}\)|[2-5][0-9]{2})|\(5[0-9]{2}\)|5[0-9]{2})[ .-]?[0-9]{3}[ .-]?[0-9]{2}[ .-]?[0-9]{2}(?!\w)")]
    private static partial Regex Turkish();
}
