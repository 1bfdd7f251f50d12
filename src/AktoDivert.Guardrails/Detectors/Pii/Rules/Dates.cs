using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Dates. A date by itself is no personal data: only one beside a word for birth reaches the default threshold.</summary>
internal static partial class Dates
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<PiiRule> Rules { get; } =
    [
        new("date", "d1,2,4 w3-9", 0.2, Date,
            "birth", "born", "dob", "d.o.b", "geboren", "geburt", "naissance", "né le", "née le", "nacimiento", "nacido", "nacida", "nascita", "nato il",
            "nascimento", "födelse", "född", "doğum", "syntym", "urodz", "生年月日", "出生", "생년월일")
        {
            InChains = true,
        },
    ];

    // The most complete form that the text has here: 5-May-2021 is not 5-May. What follows the first number or word tells which may be.
    private static int Date(ReadOnlySpan<char> text, int start, ref double score)
    {
        if (!char.IsAsciiDigit(text[start]))
        {
            return IsMonth(text[start..]) ? Digits.LengthAt(Named(), text, start) : 0;
        }

        var run = 1;
        while (start + run < text.Length && char.IsAsciiDigit(text[start + run]))
        {
            run++;
        }

        var next = start + run < text.Length ? text[start + run] : '\n';
        if (run == 4)
        {
            return next is '-' or '/' or '.' ? Checked(text, start, FromYear(text, start)) : 0;
        }

        if (next is not ('-' or '/' or '.' or ' ') && !char.IsLetter(next))
        {
            return 0;
        }

        int length;
        if (next is '-' or '/' or '.' && (length = Digits.LengthAt(DayMonthYear(), text, start)) > 0)
        {
            return Checked(text, start, length);
        }

        if ((length = Digits.LengthAt(Named(), text, start)) > 0)
        {
            return length;
        }

        if (next != '/')
        {
            return 0;
        }

        if ((length = Digits.LengthAt(MonthYear(), text, start)) > 0)
        {
            score = 0.1;
            return length;
        }

        score = 0.05;
        return Digits.LengthAt(MonthDay(), text, start);
    }

    private static int FromYear(ReadOnlySpan<char> text, int start)
    {
        const int Day = 10;
        var timed = start + Day + 1 < text.Length && text[start + Day] is 'T' or 't' or ' ' && char.IsAsciiDigit(text[start + Day + 1]);
        return timed && Digits.LengthAt(Timestamp(), text, start) is var length and > 0 ? length : Digits.LengthAt(YearFirst(), text, start);
    }

    private static bool IsMonth(ReadOnlySpan<char> word)
    {
        const string Beginnings = "janfebmaraprmayjunjulaugsepoctnovdec";
        for (var i = 0; i < Beginnings.Length && word.Length >= 3; i += 3)
        {
            if (word[..3].Equals(Beginnings.AsSpan(i, 3), StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // Day and month in either order, and days that the month has.
    private static int Checked(ReadOnlySpan<char> text, int start, int length)
    {
        if (length == 0)
        {
            return 0;
        }

        Span<int> parts = stackalloc int[3];
        var (count, inNumber) = (0, false);
        foreach (var c in text.Slice(start, length))
        {
            if (!char.IsAsciiDigit(c))
            {
                inNumber = false;
                if (count == 3)
                {
                    break;
                }

                continue;
            }

            if (!inNumber)
            {
                inNumber = true;
                count++;
            }

            parts[count - 1] = (parts[count - 1] * 10) + c - '0';
        }

        var (a, b, year) = parts[0] > 31 ? (parts[1], parts[2], parts[0]) : (parts[0], parts[1], parts[2]);
        return Digits.IsDate(year, a, b) || Digits.IsDate(year, b, a) ? length : 0;
    }

    // ISO 8601 as RFC 3339 profiles it, seconds and fraction optional.
    [GeneratedRegex(@"\G(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9](?::[0-6][0-9](?:[.,][0-9]{1,9})?)?(?:[Zz]|[+-][0-2][0-9]:?[0-5][0-9])?(?!\w)")]
    private static partial Regex Timestamp();

    [GeneratedRegex(@"\G(?:19|20)[0-9]{2}([-/.])[01]?[0-9]\1[0-3]?[0-9](?!\w|[-/.][0-9])")]
    private static partial Regex YearFirst();

    [GeneratedRegex(@"\G[0-3]?[0-9]([-/.])[0-3]?[0-9]\1(?:(?:18|19|20)[0-9]{2}|[0-9]{2})(?!\w|[-/.][0-9])")]
    private static partial Regex DayMonthYear();

    [GeneratedRegex(
        @"\G(?:(?:3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?([- ./]))?(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
        + @"(?(1)(?:\1(?:(?:19|20)[0-9]{2}|(?<=[-/])[0-9]{2}))?|(?:-(?:(?:19|20)[0-9]{2}|[0-9]{2})| (?:3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?,? (?:19|20)[0-9]{2}))(?!\w)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Named();

    [GeneratedRegex(@"\G(?:1[0-2]|0?[1-9])/(?:19|20)[0-9]{2}(?!\w|/)")]
    private static partial Regex MonthYear();

    [GeneratedRegex(@"\G(?:1[0-2]|0?[1-9])/(?:3[01]|[12][0-9]|0?[1-9])(?!\w|/)")]
    private static partial Regex MonthDay();
}
