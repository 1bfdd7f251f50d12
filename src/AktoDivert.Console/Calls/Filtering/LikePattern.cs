namespace AktoDivert.Console.Calls.Filtering;

/// <summary>Matches a LIKE pattern as the database does: <c>%</c> any text, <c>_</c> one character, <c>\</c> takes their meaning.</summary>
internal static class LikePattern
{
    /// <summary>Whether a text looks so. Takes at most the product of both lengths.</summary>
    public static bool Matches(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        var (t, p, star, mark) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '%')
            {
                (star, mark) = (p++, t);
            }
            else if (p < pattern.Length && Fits(text[t], pattern, p, out var width))
            {
                (t, p) = (t + 1, p + width);
            }
            else if (star >= 0)
            {
                // The last % takes one character more.
                (p, t) = (star + 1, ++mark);
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '%')
        {
            p++;
        }

        return p == pattern.Length;
    }

    private static bool Fits(char c, ReadOnlySpan<char> pattern, int at, out int width)
    {
        var escaped = pattern[at] == '\\' && at + 1 < pattern.Length;
        width = escaped ? 2 : 1;
        return escaped ? pattern[at + 1] == c : pattern[at] == '_' || pattern[at] == c;
    }
}
