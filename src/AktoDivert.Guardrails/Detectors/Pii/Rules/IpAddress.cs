using System.Buffers;
using System.Net;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>IP addresses of both families, with their prefix length where one follows.</summary>
internal static class IpAddress
{
    /// <summary>Name of the entity.</summary>
    public const string Entity = "ip";

    private const int Longest = 45;

    private static readonly SearchValues<char> Decimal = SearchValues.Create("0123456789.");

    /// <summary>The address around the <c>.</c> or <c>:</c> at <paramref name="at"/>; length 0 for none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Index of the sign.</param>
    /// <param name="next">Where to look on.</param>
    public static (int Offset, int Length, double Score) Find(ReadOnlySpan<char> text, int at, out int next)
    {
        next = at + 1;
        var start = at;
        while (start > 0 && at - start <= Longest && IsPart(text[start - 1]))
        {
            start--;
        }

        var end = at + 1;
        while (end < text.Length && end - start <= Longest && IsPart(text[end]))
        {
            end++;
        }

        if (end - start is < 2 or > Longest)
        {
            next = end;
            return default;
        }

        var core = end;
        while (core > start && text[core - 1] == '.')
        {
            core--;
        }

        var colons = text[start..core].Count(':');
        if (colons > 0 && core > start + 1 && text[core - 1] == ':' && text[core - 2] != ':')
        {
            core--;
            colons--;
        }

        var run = text[start..core];
        if (Text.IsWord(start > 0 ? text[start - 1] : ' ') || (core < text.Length && (Text.IsWord(text[core]) || text[core] == ':')))
        {
            next = end;
            return default;
        }

        var score = colons == 0 ? V4(run) : colons > 1 ? V6(run) : Port(ref run);
        if (score == 0)
        {
            return default;
        }

        next = end;
        return (start, run.Length + Prefix(text, start + run.Length, colons > 1 ? 128 : 32), score);
    }

    private static bool IsPart(char c) => char.IsAsciiHexDigit(c) || c is '.' or ':';

    private static double V4(ReadOnlySpan<char> run)
    {
        if (run.Count('.') != 3 || run.ContainsAnyExcept(Decimal))
        {
            return 0;
        }

        var (part, digits) = (0, 0);
        foreach (var c in run)
        {
            if (c == '.')
            {
                if (digits == 0)
                {
                    return 0;
                }

                (part, digits) = (0, 0);
                continue;
            }

            part = (part * 10) + c - '0';
            if (part > 255 || ++digits > 3)
            {
                return 0;
            }
        }

        return digits == 0 ? 0 : 0.6;
    }

    // "10.0.0.1:8080"
    private static double Port(ref ReadOnlySpan<char> run)
    {
        run = run[..run.IndexOf(':')];
        return V4(run);
    }

    private static double V6(ReadOnlySpan<char> run)
    {
        if (run.Length == 2)
        {
            return run is "::" ? 0.1 : 0;
        }

        return (run.ContainsAnyInRange('0', '9') || run.Length > 12) && IPAddress.TryParse(run, out _) ? 0.6 : 0;
    }

    private static int Prefix(ReadOnlySpan<char> text, int at, int most)
    {
        if (at + 1 >= text.Length || text[at] != '/' || !char.IsAsciiDigit(text[at + 1]))
        {
            return 0;
        }

        var (bits, end) = (0, at + 1);
        while (end < text.Length && end - at < 5 && char.IsAsciiDigit(text[end]))
        {
            bits = (bits * 10) + text[end++] - '0';
        }

        return bits <= most && Text.IsWordEnd(text, end) ? end - at : 0;
    }
}
