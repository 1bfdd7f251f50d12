using System.Buffers;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Web addresses: with a scheme, or a host name by itself.</summary>
internal static class WebAddress
{
    /// <summary>Name of the entity.</summary>
    public const string Entity = "url";

    private const int Longest = 2048;

    private static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n\"'<>`{}|\\^\u00A0\u3000，。");

    /// <summary>The address around the <c>.</c> or <c>:</c> at <paramref name="at"/>, unless it begins before <paramref name="floor"/>.</summary>
    public static (int Offset, int Length, double Score) Find(ReadOnlySpan<char> text, int at, int floor)
    {
        if (at < floor || at + 1 >= text.Length)
        {
            return default;
        }

        return text[at] == ':' ? WithScheme(text, at, floor) : Bare(text, at, floor);
    }

    private static (int Offset, int Length, double Score) WithScheme(ReadOnlySpan<char> text, int at, int floor)
    {
        var before = text[floor..at];
        var scheme = before.EndsWith("https", StringComparison.OrdinalIgnoreCase) ? 5
            : before.EndsWith("http", StringComparison.OrdinalIgnoreCase) ? 4
            : before.EndsWith("ftp", StringComparison.OrdinalIgnoreCase) ? 3 : 0;
        if (scheme == 0 || !text[at..].StartsWith("://"))
        {
            return default;
        }

        var host = at + 3;
        var end = PathEnd(text, host);
        return end - host < 3 ? default : (at - scheme, end - at + scheme, 0.6);
    }

    private static (int Offset, int Length, double Score) Bare(ReadOnlySpan<char> text, int at, int floor)
    {
        if (!char.IsAsciiLetterOrDigit(text[at + 1]) || at == floor || !char.IsLetterOrDigit(text[at - 1]))
        {
            return default;
        }

        var start = at;
        while (start > floor && at - start < 64 && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] == '-'))
        {
            start--;
        }

        var end = DomainName.End(text, start);
        if (end == 0 || (start > 0 && (text[start - 1] is '@' or '_' or '/' or '.' or '\\' or '#' or '$' || Text.IsWord(text[start - 1]))) || (end < text.Length && text[end] is '@' or '('))
        {
            return default;
        }

        return (start, (end < text.Length && text[end] == '/' ? PathEnd(text, end) : end) - start, text[start..].StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? 0.5 : 0.3);
    }

    private static int PathEnd(ReadOnlySpan<char> text, int from)
    {
        var rest = text.Slice(from, Math.Min(Longest, text.Length - from));
        var end = rest.IndexOfAny(Ends);
        end = from + (end < 0 ? rest.Length : end);
        while (end > from && text[end - 1] is '.' or ',' or ';' or ':' or '!' or '?' or ')' or ']' or '*')
        {
            end--;
        }

        return end;
    }
}
