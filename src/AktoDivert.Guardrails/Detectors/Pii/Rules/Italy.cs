using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Identifiers of Italy.</summary>
internal static partial class Italy
{
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<PiiRule> Rules { get; } =
    [
        new("it_fiscal_code", "l6", 0.6, FiscalCode, "codice fiscale", "cf:", "fiscale"),
        new("it_driver_license", "l1,2", 0.2, (text, start, ref _) => Digits.LengthAt(Licence(), text, start), "patente", "license", "licenza", "guida"),
        new("it_passport", "l2 n7", 0.1, (text, start, ref _) => Digits.LengthAt(Passport(), text, start), "passaporto", "passport"),
        new("it_identity_card", "d7 l2 w2 n5", 0.1, (text, start, ref _) => Digits.LengthAt(IdentityCard(), text, start), "identità", "elettronica", "cie", "documento"),
        new("it_vat_code", "d11", 0.15, VatCode, "partita iva", "piva", "p.iva", "iva"),
    ];

    // Decree of 23 December 1976: odd places by a table, even places by value, modulo 26. A wrong check letter is a code mistyped.
    private static int FiscalCode(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(Fiscal(), text, start);
        if (length == 0)
        {
            return 0;
        }

        ReadOnlySpan<byte> odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
        var sum = 0;
        for (var i = 0; i < 15; i++)
        {
            var value = Checksums.Value(text[start + i]);
            value = value > 9 ? value - 10 : value;
            sum += i % 2 == 0 ? odd[value] : value;
        }

        score = sum % 26 == Checksums.Value(text[start + 15]) - 10 ? 0.9 : 0.3;
        return length;
    }

    // Agenzia delle Entrate: Luhn.
    private static int VatCode(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(Vat(), text, start);
        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[11]);
        return length > 0 && !Digits.AllSame(digits) && Checksums.Luhn(digits) ? length : 0;
    }

    // L to V stand for digits where two people would share a code.
    [GeneratedRegex(
        @"\G[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST](?:[04LQ][1-9MNP-V]|[15MR][0-9LMNP-V]|[26NS][0-9LMNP-V]|[37PT][01LM])[A-MZ][0-9LMNP-V]{3}[A-Z](?!\w)",
        AnyCase)]
    private static partial Regex Fiscal();

    [GeneratedRegex(@"\G(?:[A-Z]{2}[0-9]{7}[A-Z]|U1[BCDFGHJKLMNPRSTUWXYZ0-9]{7}[A-Z])(?!\w)", AnyCase)]
    private static partial Regex Licence();

    [GeneratedRegex(@"\G[A-Z]{2}[0-9]{7}(?!\w)", AnyCase)]
    private static partial Regex Passport();

    [GeneratedRegex(@"\G(?:[A-Z]{2} ?[0-9]{7}|[0-9]{7}[A-Z]{2}|C[A-Z][0-9]{5}[A-Z]{2})(?!\w)", AnyCase)]
    private static partial Regex IdentityCard();

    [GeneratedRegex(@"\G[0-9]{11}(?!\w)")]
    private static partial Regex Vat();
}
