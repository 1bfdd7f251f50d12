namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>E-mail addresses (RFC 5322 dot-atom, under a top-level domain that exists).</summary>
internal static class EmailAddress
{
    /// <summary>Name of the entity.</summary>
    public const string Entity = "email";

    // RFC 5321 section 4.5.3.1.
    private const int LongestLocalPart = 64;

    /// <summary>The address around the <c>@</c> at <paramref name="at"/>; length 0 for none.</summary>
    public static (int Offset, int Length, double Score) Find(ReadOnlySpan<char> text, int at)
    {
        var start = at;
        while (start > 0 && at - start <= LongestLocalPart && IsAtom(text[start - 1]))
        {
            start--;
        }

        while (start < at && text[start] is '.' or '\'' or '/' or '=' or '`' or '|' or '{' or '}')
        {
            start++;
        }

        var end = DomainName.End(text, at + 1);
        return start == at || at - start > LongestLocalPart || text[at - 1] == '.' || end == 0 ? default : (start, end - start, 0.95);
    }

    private static bool IsAtom(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~.".Contains(c, StringComparison.Ordinal) || (c > 127 && char.IsLetterOrDigit(c));
}
