namespace AktoDivert.Guardrails.Policies;

/// <summary>Text with <c>*</c> for any text, compared without case and as a whole, in time linear in both for each star.</summary>
internal static class Wildcard
{
    /// <summary>Whether one of the patterns matches.</summary>
    public static bool MatchesAny(IReadOnlyList<string> patterns, string text)
    {
        foreach (var pattern in patterns)
        {
            if (Matches(pattern, text))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the pattern matches.</summary>
    public static bool Matches(string pattern, string text)
    {
        int at = 0, from = 0, star = -1, mark = 0;
        while (from < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, mark) = (at++, from);
            }
            else if (at < pattern.Length && char.ToLowerInvariant(pattern[at]) == char.ToLowerInvariant(text[from]))
            {
                at++;
                from++;
            }
            else if (star >= 0)
            {
                at = star + 1;
                from = ++mark;
            }
            else
            {
                return false;
            }
        }

        while (at < pattern.Length && pattern[at] == '*')
        {
            at++;
        }

        return at == pattern.Length;
    }
}
