namespace AktoDivert.Core.Policy;

/// <summary>
/// Wildcard matching that never backtracks over more than the last star, so hostile patterns stay cheap: over the labels of a host name
/// (<c>*</c> alone is one or more labels) and over the characters of a label or path (<c>*</c> is any run, the empty one included).
/// </summary>
internal static class LabelGlob
{
    /// <summary>Whether <paramref name="host"/> matches a pattern split into labels.</summary>
    public static bool Matches(ReadOnlySpan<string> pattern, ReadOnlySpan<char> host)
    {
        Span<Range> labels = stackalloc Range[128];
        var count = host.Split(labels, '.');
        int p = 0, h = 0, starAt = -1, starNext = 0;
        while (h < count)
        {
            if (p < pattern.Length && pattern[p] == "*")
            {
                // The star takes this label now, and one more each time what follows does not fit.
                starAt = p++;
                starNext = ++h;
            }
            else if (p < pattern.Length && MatchesText(pattern[p], host[labels[h]]))
            {
                p++;
                h++;
            }
            else if (starAt >= 0)
            {
                p = starAt + 1;
                h = ++starNext;
            }
            else
            {
                return false;
            }
        }

        return p == pattern.Length;
    }

    /// <summary>Whether <paramref name="text"/> matches a pattern of literal characters and stars, in any ASCII case.</summary>
    public static bool MatchesText(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0, t = 0, starAt = -1, starNext = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                starAt = p++;
                starNext = t;
            }
            else if (p < pattern.Length && char.ToLowerInvariant(pattern[p]) == char.ToLowerInvariant(text[t]))
            {
                p++;
                t++;
            }
            else if (starAt >= 0)
            {
                p = starAt + 1;
                t = ++starNext;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }
}
