using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Pii;

/// <summary>What the rules share: matching at a place, and the digits of a match.</summary>
internal static class Digits
{
    /// <summary>Length of the match of an expression that begins with <c>\G</c>, at <paramref name="start"/>; 0 for none.</summary>
    public static int LengthAt(Regex expression, ReadOnlySpan<char> text, int start)
    {
        foreach (var match in expression.EnumerateMatches(text, start))
        {
            return match.Length;
        }

        return 0;
    }

    /// <summary>Copies the ASCII digits of <paramref name="text"/>; returns those copied, at most the room there is.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<char> text, Span<byte> room)
    {
        var count = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c) && count < room.Length)
            {
                room[count++] = (byte)(c - '0');
            }
        }

        return room[..count];
    }

    /// <summary>The number that some digits write.</summary>
    public static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var d in digits)
        {
            number = (number * 10) + d;
        }

        return number;
    }

    /// <summary>Whether all digits are the same.</summary>
    public static bool AllSame(ReadOnlySpan<byte> digits) => digits.Length > 0 && !digits.ContainsAnyExcept(digits[0]);

    /// <summary>Whether year, month and day exist; a year below 100 counts as any century (29 February where one of them is a leap year).</summary>
    public static bool IsDate(int year, int month, int day) =>
        month is >= 1 and <= 12 && day >= 1
        && day <= (year < 100 ? DateTime.DaysInMonth(year % 4 == 0 ? 2000 : 2001, month) : DateTime.DaysInMonth(Math.Clamp(year, 1, 9999), month));
}
