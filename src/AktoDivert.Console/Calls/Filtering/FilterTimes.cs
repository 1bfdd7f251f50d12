using System.Globalization;

namespace AktoDivert.Console.Calls.Filtering;

/// <summary>The span of time that a filter asks for by its terms <c>since:</c> and <c>until:</c>, and the rest of it.</summary>
/// <param name="Rest">The filter without these terms.</param>
/// <param name="Written">These terms as they stand in it; empty when there are none.</param>
/// <param name="FromMs">Unix milliseconds of the begin; null when none is asked for.</param>
/// <param name="ToMs">Unix milliseconds of the end, which is not within; null when none is asked for.</param>
internal sealed record FilterTimes(string Rest, string Written, long? FromMs, long? ToMs)
{
    private const string Since = "since";
    private const string Until = "until";

    /// <summary>Reads a filter; what is not understood of it, or negated, stays in the rest.</summary>
    public static FilterTimes Of(string text, DateTimeOffset now)
    {
        var (rest, written, end) = (new List<string>(), new List<string>(), 0);
        (long? from, long? to) = (null, null);
        foreach (var term in FilterText.Parse(text).Terms.Where(t => t is { Field: Since or Until, Negated: false }))
        {
            FilterUnits.TryMoment(term.Values[0], now, out var moment);
            var at = moment.ToUnixTimeMilliseconds();
            if (term.Field == Since)
            {
                from = Math.Max(from ?? at, at);
            }
            else
            {
                to = Math.Min(to ?? at, at);
            }

            rest.Add(text[end..term.Start]);
            written.Add(text.Substring(term.Start, term.Length));
            end = term.Start + term.Length;
        }

        return new FilterTimes(Join([.. rest, text[end..]]), Join(written), from, to);
    }

    /// <summary>The filter with another span in place of its own.</summary>
    /// <param name="fromMs">Unix milliseconds, to the second; null for no begin.</param>
    /// <param name="toMs">Unix milliseconds, to the second; null for no end.</param>
    public string With(long? fromMs, long? toMs) => With(Join([fromMs is { } from ? $"{Since}:{Moment(from)}" : "", toMs is { } to ? $"{Until}:{Moment(to)}" : ""]));

    /// <summary>The filter with other terms in place of <see cref="Written"/>.</summary>
    public string With(string written) => Join([Rest, written]);

    private static string Join(IEnumerable<string> parts) => string.Join(' ', parts.Select(p => p.Trim()).Where(p => p.Length > 0));

    private static string Moment(long unixMilliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).ToString(unixMilliseconds % 60_000 == 0 ? "yyyy-MM-ddTHH:mm" : "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
}
