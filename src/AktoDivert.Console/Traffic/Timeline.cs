using AktoDivert.Console.Calls.Filtering;

namespace AktoDivert.Console.Traffic;

/// <summary>Calls or flows over time by app, in columns of equal length.</summary>
/// <param name="FromMs">Unix milliseconds of the first column's begin, a multiple of <paramref name="StepMs"/>.</param>
/// <param name="StepMs">Length of a column in milliseconds, whole seconds.</param>
/// <param name="Columns">How many columns, at most <see cref="MostColumns"/>; 0 when there is nothing to show and no begin was asked for.</param>
/// <param name="Apps">The apps by name, those with most; the rest as <see cref="Others"/>.</param>
/// <param name="IsCut">Whether only the newest <see cref="MostSearched"/> were looked at: the first column may lack some, and what is earlier is left out.</param>
internal sealed record Timeline(long FromMs, long StepMs, int Columns, IReadOnlyList<TimelineApp> Apps, bool IsCut)
{
    /// <summary>How many calls or flows are looked at where the filter finds many.</summary>
    public const int MostSearched = 50_000;

    /// <summary>Most columns, those included that begin or end outside of the time asked for.</summary>
    public const int MostColumns = 62;

    /// <summary>Name of the apps that are not named.</summary>
    public const string Others = "others";

    /// <summary>The shortest column, in milliseconds.</summary>
    public const long Second = 1000;

    private const int MostApps = 6;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;

    // Each is a multiple of the grain below which it is not chosen.
    private static readonly long[] Steps =
    [
        Second, 2 * Second, 5 * Second, 10 * Second, 30 * Second, Minute, 2 * Minute, 5 * Minute, 10 * Minute, 30 * Minute, Hour, 3 * Hour, 6 * Hour, 12 * Hour, Day, 2 * Day, 7 * Day,
    ];

    /// <summary>The end of the last column in Unix milliseconds.</summary>
    public long ToMs => FromMs + (Columns * StepMs);

    /// <summary>How finely to count for the time that a filter asks for, in milliseconds: as finely as its columns may be, and no finer.</summary>
    public static long GrainOf(FilterTimes times, DateTimeOffset now) =>
        times.FromMs is { } from && StepOf(from, times.ToMs ?? now.ToUnixTimeMilliseconds()) < Minute ? Second : Minute;

    /// <summary>Makes the columns.</summary>
    /// <param name="counted">What was counted by <see cref="GrainOf"/>.</param>
    /// <param name="times">The time that the filter asks for. Without a begin the first count is it, without an end it is now.</param>
    /// <param name="now">The end of a time that has none.</param>
    public static Timeline Of(TimelineCounts counted, FilterTimes times, DateTimeOffset now)
    {
        var (counts, isCut) = (counted.Counts, counted.LeftMs is not null);
        if ((counted.LeftMs ?? times.FromMs) is null && counts.Count == 0)
        {
            return new Timeline(0, Minute, 0, [], false);
        }

        var last = Math.Max(now.ToUnixTimeMilliseconds(), counts.Select(c => c.AtMs).DefaultIfEmpty().Max() + 1);
        var first = counts.Select(c => c.AtMs).DefaultIfEmpty(long.MaxValue).Min();
        // What arrived late may have begun before what was left out.
        var from = counted.LeftMs is { } left ? Math.Min(left, first) : Math.Clamp(times.FromMs ?? first, 0, last);
        var to = Math.Clamp(times.ToMs ?? last, from + 1, Math.Max(last, from + 1));
        var step = Math.Max(StepOf(from, to), GrainOf(times, now));
        var begin = from / step * step;
        var columns = (int)((to - begin + step - 1) / step);
        var named = counts.GroupBy(c => c.App, StringComparer.Ordinal).OrderByDescending(g => g.Sum(c => c.Count)).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key).ToList();
        var top = named.Count <= MostApps ? named : named[..(MostApps - 1)];
        var apps = top.Order(StringComparer.Ordinal).Select(a => App(a, c => c.App == a)).ToList();
        return new Timeline(begin, step, columns, named.Count > top.Count ? [.. apps, App(Others, c => !top.Contains(c.App))] : apps, isCut);

        TimelineApp App(string name, Func<TimelineCount, bool> isOf)
        {
            var sums = new int[columns];
            foreach (var count in counts.Where(isOf))
            {
                sums[(count.AtMs - begin) / step] += count.Count;
            }

            return new TimelineApp(name, sums);
        }
    }

    // Two columns of the most may stand out at both ends.
    private static long StepOf(long from, long to)
    {
        var most = MostColumns - 2;
        return Array.Find(Steps, s => (to - from) / s <= most) is var step and > 0 ? step : ((to - from) / most / Day * Day) + Day;
    }
}
