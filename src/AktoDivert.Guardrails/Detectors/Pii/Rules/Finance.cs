using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Payment cards, bank accounts.</summary>
internal static partial class Finance
{
    // ISO 13616 registry: country and total length.
    private const string Lengths =
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28" +
        "HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29" +
        "RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

    /// <summary>The rules.</summary>
    public static IReadOnlyList<PiiRule> Rules { get; } =
    [
        new("credit_card", "d4,12-19 n12", 0.9, CreditCard, "card", "credit", "visa", "mastercard", "amex", "cc ", "kreditkarte"),
        new("iban", "l2 n2", 0.95, Iban, "iban"),
        new("aba_routing", "d4,9 n9", 0.1, AbaRouting, "routing", "aba", "bank", "rtn"),
        new("us_bank_number", "d8-17", 0.05, BankNumber, "account", "acct", "bank", "savings", "checking"),
    ];

    // ISO/IEC 7812: issuer range, length and Luhn check digit; groups as printed on cards.
    private static int CreditCard(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(Card(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[19]);
        if (length == 0 || !IsIssuer(digits) || !Checksums.Luhn(digits) || Digits.AllSame(digits))
        {
            return 0;
        }

        // One number in ten passes the check digit: ungrouped numbers of the rare lengths want a word beside them.
        score = digits.Length is 15 or 16 ? 0.9 : length > digits.Length ? 0.8 : digits.Length == 14 ? 0.5 : 0.3;
        return length;
    }

    private static bool IsIssuer(ReadOnlySpan<byte> digits)
    {
        var (four, n) = (Digits.Number(digits[..4]), digits.Length);
        return (four / 100) switch
        {
            >= 40 and <= 49 => n is 13 or 16 or 19,
            >= 51 and <= 55 => n == 16,
            22 or 23 or 24 or 25 or 26 or 27 => n == 16 && four is >= 2200 and <= 2720,
            34 or 37 => n == 15,
            30 => n is >= 14 and <= 19 && (four is (>= 3000 and <= 3059) or (>= 3095 and <= 3099)),
            36 or 38 or 39 => n is >= 14 and <= 19,
            35 => n is >= 16 and <= 19 && four is >= 3528 and <= 3589,
            60 or 64 or 65 => n is >= 16 and <= 19,
            62 or 81 => n is >= 16 and <= 19,
            50 or (>= 56 and <= 59) or 61 or 63 or (>= 66 and <= 69) => n is >= 12 and <= 19,
            >= 10 and <= 19 => n == 15,
            _ => false,
        };
    }

    private static int Iban(ReadOnlySpan<char> text, int start, ref double score)
    {
        if (text.Length - start < 15 || !char.IsAsciiDigit(text[start + 2]) || !char.IsAsciiDigit(text[start + 3]))
        {
            return 0;
        }

        var wanted = IbanLength(text.Slice(start, 2));
        var (taken, at, remainder, head) = (0, start, 0, 0);
        for (; at < text.Length && taken < wanted; at++)
        {
            var c = text[at];
            if (c is ' ' or '-' or '\u00A0' && taken > 0 && taken % 4 == 0 && at + 1 < text.Length && char.IsAsciiLetterOrDigit(text[at + 1]))
            {
                continue;
            }

            if (!char.IsAsciiDigit(c) && !char.IsAsciiLetterUpper(c))
            {
                return 0;
            }

            // The first four characters are moved to the end, letters count from A = 10 (ISO 13616-1 section 6).
            var value = Checksums.Value(c);
            if (taken < 4)
            {
                head = (head * (value > 9 ? 100 : 10)) + value;
            }
            else
            {
                remainder = ((remainder * (value > 9 ? 100 : 10)) + value) % 97;
            }

            taken++;
        }

        return wanted > 0 && taken == wanted && ((remainder * 1_000_000L) + head) % 97 == 1 ? at - start : 0;
    }

    private static int IbanLength(ReadOnlySpan<char> country)
    {
        for (var i = 0; i < Lengths.Length; i += 4)
        {
            if (Lengths.AsSpan(i, 2).SequenceEqual(country))
            {
                return ((Lengths[i + 2] - '0') * 10) + Lengths[i + 3] - '0';
            }
        }

        return 0;
    }

    // ABA routing transit number: Federal Reserve district in front, weights 3, 7, 1.
    private static int AbaRouting(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(Aba(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[9]);
        return length > 0 && !Digits.AllSame(digits) && Checksums.Weighted(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 == 0 ? length : 0;
    }

    private static int BankNumber(ReadOnlySpan<char> text, int start, ref double score) => Digits.LengthAt(EightToSeventeen(), text, start);

    [GeneratedRegex(@"\G(?:[0-9]{12,19}|[0-9]{4}([- ])[0-9]{4}\1[0-9]{4}\1[0-9]{1,4}(?:\1[0-9]{3})?|[0-9]{4}([- ])[0-9]{6}\2[0-9]{4,5})(?!\w)")]
    private static partial Regex Card();

    [GeneratedRegex(@"\G[0123678][0-9]{3}(?:[0-9]{5}|-[0-9]{4}-[0-9])(?!\w)")]
    private static partial Regex Aba();

    [GeneratedRegex(@"\G[0-9]{8,17}(?!\w)")]
    private static partial Regex EightToSeventeen();
}
