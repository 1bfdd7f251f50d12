using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Identifiers of India.</summary>
internal static partial class India
{
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<PiiRule> Rules { get; } =
    [
        new("in_aadhaar", "d4,12 n12", 0.3, Aadhaar, "aadhaar", "aadhar", "uidai", "आधार"),
        new("in_pan", "l5 n4", 0.5, Pan, "permanent account", "pan ", "income tax"),
        new("in_passport", "l1 n7", 0.1, (text, start, ref _) => Digits.LengthAt(Passport(), text, start), "passport"),
        new("in_voter", "l3 n7", 0.15, (text, start, ref _) => Digits.LengthAt(Voter(), text, start), "voter", "epic", "elector", "vote"),
        new("in_vehicle_registration", "d1-3 l2,3 w2 n2", 0.1, (text, start, ref _) => Digits.LengthAt(Plate(), text, start), "vehicle", "rto", "registration", "plate"),
        new("in_gstin", "d2 n6", 0.6, (text, start, ref _) => Digits.LengthAt(Gstin(), text, start), "gstin", "gst"),
    ];

    // UIDAI: Verhoeff, first digit 2 to 9, no palindrome.
    private static int Aadhaar(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(AadhaarForm(), text, start);
        if (length == 0)
        {
            return 0;
        }

        var digits = Digits.Of(text.Slice(start, length), stackalloc byte[12]);
        var palindrome = true;
        for (var i = 0; i < 6; i++)
        {
            palindrome &= digits[i] == digits[11 - i];
        }

        return !palindrome && Checksums.Verhoeff(digits) ? length : 0;
    }

    // Income Tax Department: the fourth letter tells the kind of holder.
    private static int Pan(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(PanForm(), text, start);
        score = length > 0 && "ABCFGHJLPTK".Contains(char.ToUpperInvariant(text[start + 3]), StringComparison.Ordinal) ? 0.5 : 0.1;
        return length;
    }

    [GeneratedRegex(@"\G[2-9][0-9]{3}([- :]?)[0-9]{4}\1[0-9]{4}(?!\w)")]
    private static partial Regex AadhaarForm();

    [GeneratedRegex(@"\G[A-Z]{5}[0-9]{4}[A-Z](?!\w)", AnyCase)]
    private static partial Regex PanForm();

    [GeneratedRegex(@"\G[A-PR-WY][1-9][0-9] ?[0-9]{4}[1-9](?!\w)", AnyCase)]
    private static partial Regex Passport();

    [GeneratedRegex(@"\G[A-Z]{3}[0-9]{7}(?!\w)", AnyCase)]
    private static partial Regex Voter();

    // Ministry of Road Transport: state, district, series, number; BH series; old, diplomatic and army forms.
    [GeneratedRegex(
        @"\G(?:(?:A[NPRS]|BR|C[GH]|D[DLN]|G[AJ]|H[PR]|J[HK]|K[AL]|L[AD]|M[HLNPZ]|NL|O[DR]|P[BY]|RJ|SK|T[NRS]|U[AKP]|WB)[ -]?(?:[0-9]{1,2}[ -]?[A-Z]{1,3}[ -]?[0-9]{4}|[0-9]{4})"
        + @"|[A-Z]{3}[0-9]{4}|[0-9]{2} ?BH ?[0-9]{4} ?[A-HJ-NP-Z]{1,2}|[0-9]{1,3} ?(?:CC|CD|UN) ?[0-9]{1,4}|[0-9]{2} ?[A-HKP] ?[0-9]{5,6} ?[A-Z])(?!\w)",
        AnyCase)]
    private static partial Regex Plate();

    // GST network: state, PAN, entity, Z, check character.
    [GeneratedRegex(@"\G(?:0[1-9]|[12][0-9]|3[0-8]|97|99)[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z](?!\w)", AnyCase)]
    private static partial Regex Gstin();
}
