using System.Globalization;

namespace AktoDivert.Capture.Decode;

/// <summary>
/// JSON may hold half of a surrogate pair as an escape (RFC 8259 section 8.2), which cannot become UTF-8 and makes readers throw.
/// </summary>
internal static class LoneSurrogates
{
    /// <summary>
    /// The same JSON with every lone <c>\uD8xx</c> or <c>\uDCxx</c> as <c>\uFFFD</c>; the input itself when there is none.
    /// </summary>
    public static ReadOnlySpan<byte> Replace(ReadOnlySpan<byte> json)
    {
        byte[]? copy = null;
        for (var i = 0; i < json.Length - 5; i++)
        {
            if (json[i] != '\\')
            {
                continue;
            }

            if (CodeUnit(json[i..]) is not { } unit)
            {
                // Skips the escaped character, so that the u of \\u is not taken for an escape.
                i++;
                continue;
            }

            if (char.IsHighSurrogate(unit) && CodeUnit(json[(i + 6)..]) is { } next && char.IsLowSurrogate(next))
            {
                i += 11;
                continue;
            }

            if (char.IsSurrogate(unit))
            {
                copy ??= json.ToArray();
                "\\uFFFD"u8.CopyTo(copy.AsSpan(i));
            }

            i += 5;
        }

        return copy ?? json;
    }

    private static char? CodeUnit(ReadOnlySpan<byte> escape) =>
        escape.Length >= 6 && escape[0] == '\\' && escape[1] == 'u'
        && ushort.TryParse(escape[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
