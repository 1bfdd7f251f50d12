using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Identifiers of Canada.</summary>
internal static partial class Canada
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<PiiRule> Rules { get; } =
    [
        new("ca_sin", "d3,9 n9", 0.2, Sin, "sin", "social insurance", "nas", "assurance sociale"),
    ];

    // ESDC: Luhn; 0 and 8 are not given out as first digit.
    private static int Sin(ReadOnlySpan<char> text, int start, ref double score)
    {
        var length = Digits.LengthAt(SinForm(), text, start);
        score = length == 9 ? 0.1 : 0.4;
        return length > 0 && Checksums.Luhn(Digits.Of(text.Slice(start, length), stackalloc byte[9])) ? length : 0;
    }

    [GeneratedRegex(@"\G[1-79][0-9]{2}([- ]?)[0-9]{3}\1[0-9]{3}(?!\w)")]
    private static partial Regex SinForm();
}
