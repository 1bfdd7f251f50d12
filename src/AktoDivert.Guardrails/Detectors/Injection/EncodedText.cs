using System.Text;

namespace AktoDivert.Guardrails.Detectors.Injection;

/// <summary>Finds passages of base64, hexadecimal or binary digits that decode to plain text.</summary>
internal static class EncodedText
{
    private const int Shortest = 24;
    private const int MostBytes = 2048;

    /// <summary>The next such passage from <paramref name="at"/> on.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where to begin; becomes where the passage begins.</param>
    /// <param name="decoded">Gets the plain text, the beginning of it where it is longer.</param>
    /// <param name="length">Characters of it.</param>
    /// <param name="end">The index after the passage.</param>
    /// <param name="coding">Name of the coding.</param>
    public static bool Next(ReadOnlySpan<char> text, ref int at, Span<char> decoded, out int length, out int end, out string coding)
    {
        (length, end, coding) = (0, 0, "");
        Span<byte> bytes = stackalloc byte[MostBytes];
        while (at + Shortest <= text.Length)
        {
            var gap = at + Shortest - 1;
            while (gap >= at && IsPart(text[gap]))
            {
                gap--;
            }

            if (gap >= at)
            {
                var grouped = Groups(text, at, gap, bytes, out var begin, out end, out coding);
                if (grouped > 0 && IsPlain(bytes[..grouped]))
                {
                    at = begin;
                    length = Encoding.UTF8.GetChars(bytes[..grouped], decoded);
                    return true;
                }

                at = gap + 1;
                continue;
            }

            end = at + Shortest;
            while (end < text.Length && IsPart(text[end]))
            {
                end++;
            }

            var count = Decode(text[at..end], bytes, out coding);
            if (count > 0 && IsPlain(bytes[..count]))
            {
                length = Encoding.UTF8.GetChars(bytes[..count], decoded);
                return true;
            }

            at = end + 1;
        }

        return false;
    }

    private static bool IsPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '=';

    private static int Decode(ReadOnlySpan<char> run, Span<byte> bytes, out string coding)
    {
        coding = "hexadecimal";
        var hex = 0;
        while (hex < run.Length && char.IsAsciiHexDigit(run[hex]))
        {
            hex++;
        }

        if (hex >= run.Length - 1)
        {
            var digits = run[..Math.Min(hex & ~1, bytes.Length * 2)];
            Convert.FromHexString(digits, bytes, out _, out var written);
            return written;
        }

        // A word may stand before it without a blank; what is left over at the end is no full group.
        coding = "base64";
        run = run[..Math.Min(run.Length, bytes.Length)].TrimEnd('=');
        run = run[..(run.Length & ~3)];
        return Convert.TryFromBase64Chars(run, bytes, out var count) ? count : 0;
    }

    // "57 68 61 74 ..." and "01010111 01101000 ...": groups of one width with single blanks.
    private static int Groups(ReadOnlySpan<char> text, int from, int gap, Span<byte> bytes, out int begin, out int end, out string coding)
    {
        (begin, end, coding) = (gap, gap, "");
        while (begin > from && char.IsAsciiHexDigit(text[begin - 1]))
        {
            begin--;
        }

        var width = gap - begin;
        if (width is not (2 or 8) || text[gap] != ' ' || !char.IsAsciiDigit(text[begin]))
        {
            return 0;
        }

        var (at, count) = (begin, 0);
        while (at + width <= text.Length && count < bytes.Length)
        {
            var value = 0;
            foreach (var c in text.Slice(at, width))
            {
                if (!char.IsAsciiHexDigit(c) || (width == 8 && c > '1'))
                {
                    return 0;
                }

                value = (value * (width == 8 ? 2 : 16)) + Convert.ToInt32(char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
            }

            bytes[count++] = (byte)value;
            at += width;
            if (at >= text.Length || text[at] != ' ' || at + 1 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]))
            {
                break;
            }

            at++;
        }

        (end, coding) = (at, width == 8 ? "binary" : "hexadecimal");
        return count >= 8 ? count : 0;
    }

    private static bool IsPlain(ReadOnlySpan<byte> bytes)
    {
        var (plain, blanks) = (0, 0);
        foreach (var b in bytes)
        {
            plain += b is (>= 0x20 and < 0x7F) or (byte)'\n' ? 1 : 0;
            blanks += b == ' ' ? 1 : 0;
        }

        return bytes.Length >= 8 && plain * 20 >= bytes.Length * 19 && blanks >= 1;
    }
}
