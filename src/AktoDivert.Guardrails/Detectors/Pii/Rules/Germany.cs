using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Identifiers of Germany.</summary>
internal static partial class Germany
{
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<PiiRule> Rules { get; } =
    [
        new("de_bsnr", "d9", 0.05, (text, start, ref _) => Digits.LengthAt(Bsnr(), text, start), "bsnr", "betriebsstätte", "praxis"),
        new("de_lanr", "d9", 0.1, Lanr, "lanr", "arztnummer", "arzt"),
        new("de_fuehrerschein", "l2 n8", 0.2, (text, start, ref _) => Digits.LengthAt(Licence(), text, start), "führerschein", "fuehrerschein", "fahrerlaubnis"),
        new("de_handelsregister", "l3 w3", 0.5, (text, start, ref _) => Digits.LengthAt(Register(), text, start), "handelsregister", "amtsgericht", "registergericht"),
        new("de_health_insurance", "l1 n9", 0.4, HealthInsurance, "krankenversicher", "versichertennummer", "kvnr", "egk", "krankenkasse", "gesundheitskarte"),
        new("de_id_card", "l1-8", 0.2, IdCard, "personalausweis", "ausweis", "perso"),
        new("de_passport", "l1-8", 0.2, PassportNumber, "reisepass", "pass-nr", "passnummer", "pass"),
        new("de_kfz", "w1-3", 0.1, (text, start, ref _) => Digits.LengthAt(Plate(), text, start), "kennzeichen", "kfz", "nummernschild", "fahrzeug"),
        new("de_plz", "d5", 0.05, (text, start, ref _) => Digits.LengthAt(PostalCode(), text, start), "plz", "postleitzahl", "anschrift", "adresse", "wohnort"),
        new("de_social_security", "d2,8 n11", 0.6, SocialSecurity, "sozialversicherung", "rentenversicherung", "rvnr", "svnr", "versicherungsnummer"),
        new("de_tax_id", "d11", 0.3, TaxId, "steuer-id", "steueridentifikation", "idnr", "tin", "identifikationsnummer", "steuerid"),
        new("de_tax_number", "d2,3,13 n9", 0.1, (text, start, ref _) => Digits.LengthAt(TaxNumber(), text, start), "steuernummer", "st.-nr", "stnr", "finanzamt"),
        new("de_vat_id", "l2 w2 n9", 0.6, VatId, "ust-id", "umsatzsteuer", "vat", "ustid", "mehrwertsteuer"),
    ];

    // KBV: the seventh digit checks the first six with weights 4 and 9.
    private static int Lanr(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(NineDigits(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[9]);
        return length > 0 && (10 - (Checksums.Weighted(digits, [4, 9, 4, 9, 4, 9]) % 10)) % 10 == digits[6] ? length : 0;
    }

    // GKV: the letter as two digits, weights 1 and 2, cross sums, modulo 10.
    private static int HealthInsurance(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(LetterNineDigits(), text, start);
        if (length == 0)
        {
            return 0;
        }

        var letter = Checksums.Value(text[start]) - 9;
        var sum = (letter / 10) + Cross(letter % 10 * 2);
        for (var i = 1; i < 9; i++)
        {
            sum += Cross((text[start + i] - '0') * (i % 2 == 1 ? 1 : 2));
        }

        return sum % 10 == text[start + 9] - '0' ? length : 0;
    }

    private static int Cross(int n) => (n / 10) + (n % 10);

    // BSI TR-03110 / ICAO 9303: eight characters without vowels and their check digit, or nine and theirs.
    private static int IdCard(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(IdCardNumber(), text, start);
        return length > 0 && Checksums.Icao(text.Slice(start, length)) ? length : 0;
    }

    private static int PassportNumber(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(Passport(), text, start);
        return length > 0 && Checksums.Icao(text.Slice(start, length)) ? length : 0;
    }

    // VKVV section 2: area, birth date (day plus 50 in some), initial as two digits, serial; weights and cross sums, modulo 10.
    private static int SocialSecurity(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(PensionNumber(), text, start);
        if (length == 0)
        {
            return 0;
        }

        Span<char> bare = stackalloc char[12];
        var n = 0;
        foreach (var c in text.Slice(start, length))
        {
            if (c != ' ')
            {
                bare[n++] = c;
            }
        }

        Span<byte> digits = stackalloc byte[13];
        var letter = Checksums.Value(bare[8]) - 9;
        for (var i = 0; i < 8; i++)
        {
            digits[i] = (byte)(bare[i] - '0');
        }

        (digits[8], digits[9]) = ((byte)(letter / 10), (byte)(letter % 10));
        for (var i = 9; i < 12; i++)
        {
            digits[i + 1] = (byte)(bare[i] - '0');
        }

        ReadOnlySpan<byte> weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
        var sum = 0;
        for (var i = 0; i < 12; i++)
        {
            sum += Cross(digits[i] * weights[i]);
        }

        var (day, month) = (Digits.Number(digits[2..4]), Digits.Number(digits[4..6]));
        return sum % 10 == digits[12] && month is >= 1 and <= 12 && day is (>= 1 and <= 31) or (>= 51 and <= 81) ? length : 0;
    }

    // BZSt: ISO 7064 MOD 11,10, and no digit more than three times within the first ten.
    private static int TaxId(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(ElevenDigits(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[11]);
        if (length == 0 || !Checksums.Mod11Mod10(digits))
        {
            return 0;
        }

        for (byte d = 0; d < 10; d++)
        {
            if (digits[..10].Count(d) > 3)
            {
                return 0;
            }
        }

        return length;
    }

    private static int VatId(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(Vat(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[9]);
        return length > 0 && digits[0] > 0 && Checksums.Mod11Mod10(digits) ? length : 0;
    }

    // KBV: regions of the associations of physicians, and 35 for hospitals.
    [GeneratedRegex(@"\G(?:0[1-3]|17|20|35|38|4[6-9]|[5-7][0-9]|83|8[5-9]|9[0-9])[0-9]{7}(?!\w)")]
    private static partial Regex Bsnr();

    [GeneratedRegex(@"\G[0-9]{9}(?!\w)")]
    private static partial Regex NineDigits();

    [GeneratedRegex(@"\G[A-Z]{2}[0-9]{8}[0-9A-Z](?!\w)", AnyCase)]
    private static partial Regex Licence();

    [GeneratedRegex(@"\GHR[AB] ?[0-9]{1,6}(?: ?[A-Z]{1,3}(?!\w))?(?!\w)", AnyCase)]
    private static partial Regex Register();

    [GeneratedRegex(@"\G[A-Z][0-9]{9}(?!\w)", AnyCase)]
    private static partial Regex LetterNineDigits();

    [GeneratedRegex(@"\G[LMNPRTVWXY][CFGHJKLMNPRTVWXYZ0-9]{7,8}[0-9](?!\w)", AnyCase)]
    private static partial Regex IdCardNumber();

    [GeneratedRegex(@"\G[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{7}[0-9](?!\w)", AnyCase)]
    private static partial Regex Passport();

    [GeneratedRegex(@"\G[A-ZÄÖÜ]{1,3}[ -][A-Z]{1,2}[ -]?[1-9][0-9]{0,3} ?[EH]?(?!\w)", AnyCase)]
    private static partial Regex Plate();

    [GeneratedRegex(@"\G(?:0[1-9][0-9]{3}|[1-8][0-9]{4}|9(?!9999)[0-9]{4})(?!\w)")]
    private static partial Regex PostalCode();

    [GeneratedRegex(@"\G[0-9]{2} ?[0-9]{6} ?[A-Z] ?[0-9]{3}(?!\w)", AnyCase)]
    private static partial Regex PensionNumber();

    [GeneratedRegex(@"\G[1-9][0-9]{10}(?!\w)")]
    private static partial Regex ElevenDigits();

    // Federal form (state 01 to 16 in front), or the forms of the states.
    [GeneratedRegex(@"\G(?:(?:0[1-9]|1[0-6])[0-9]{11}|[0-9]{2,3}/[0-9]{3,4}/[0-9]{4,5})(?!\w)")]
    private static partial Regex TaxNumber();

    [GeneratedRegex(@"\GDE[ -]?[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3}(?!\w)", AnyCase)]
    private static partial Regex Vat();
}
