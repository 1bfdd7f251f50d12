using System.Globalization;

namespace AktoDivert.Console.Calls.Filtering;

/// <summary>Numbers as people write them in a filter: <c>4000</c>, <c>4k</c>, <c>1.5MB</c>, <c>250ms</c>, <c>2h</c>.</summary>
internal static class FilterUnits
{
    private static readonly Dictionary<string, double> Counts = new(StringComparer.OrdinalIgnoreCase)
    {
        [""] = 1, ["k"] = 1e3, ["m"] = 1e6, ["b"] = 1, ["kb"] = 1024, ["mb"] = 1 << 20, ["gb"] = 1 << 30,
    };

    private static readonly Dictionary<string, double> Times = new(StringComparer.OrdinalIgnoreCase)
    {
        [""] = 1, ["ms"] = 1, ["s"] = 1e3, ["m"] = 60e3, ["min"] = 60e3, ["h"] = 3600e3, ["d"] = 86_400e3, ["w"] = 604_800e3,
    };

    /// <summary>A count or a number of bytes.</summary>
    public static bool TryCount(string text, out double value) => TryRead(text, Counts, out value);

    /// <summary>A time span in milliseconds; a number without a unit is milliseconds.</summary>
    public static bool TryTime(string text, out double milliseconds) => TryRead(text, Times, out milliseconds);

    /// <summary>
    /// A moment: <c>2h</c> (that long before now), <c>today</c>, <c>yesterday</c>, or a date with or without a time in UTC.
    /// </summary>
    public static bool TryMoment(string text, DateTimeOffset now, out DateTimeOffset moment)
    {
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        moment = text.ToLowerInvariant() switch { "today" => today, "yesterday" => today.AddDays(-1), _ => default };
        if (moment != default)
        {
            return true;
        }

        if (text.Length > 1 && char.IsAsciiLetter(text[^1]) && TryTime(text, out var ago) && ago < now.ToUnixTimeMilliseconds())
        {
            moment = now.AddMilliseconds(-ago);
            return true;
        }

        return DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ssK"],
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment);
    }

    private static bool TryRead(string text, Dictionary<string, double> units, out double value)
    {
        var digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.'))
        {
            digits++;
        }

        value = 0;
        if (!units.TryGetValue(text[digits..], out var unit)
            || !double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        value = number * unit;
        return value < 1e15;
    }
}
