using AktoDivert.Console.Calls.Filtering;
using AktoDivert.Console.Traffic;

namespace AktoDivert.Tests.Console;

[TestClass]
public sealed class TimelineTests
{
    private const long Hour = 3_600_000;
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds((480_000 * Hour) + (Hour / 4));

    [TestMethod]
    public void Counts_fall_into_columns_by_app()
    {
        var timeline = Of("since:24h", (-1, "codex", 3), (-1, "claude", 1), (-24, "codex", 2));

        Assert.AreEqual((1_800_000L, 49, false), (timeline.StepMs, timeline.Columns, timeline.IsCut));
        Assert.AreEqual("claude codex", string.Join(' ', timeline.Apps.Select(a => a.App)));
        var codex = timeline.Apps[1].Counts;
        Assert.AreEqual((3, 2, 5), (codex[46], codex[0], codex.Sum()));
        Assert.AreEqual(Now.ToUnixTimeMilliseconds() - (Hour / 4), timeline.FromMs + (48 * timeline.StepMs), "the last column holds now");
    }

    [TestMethod]
    public void The_apps_with_most_are_named_and_the_rest_is_not_lost()
    {
        var timeline = Of("", [.. Enumerable.Range(1, 8).Select(i => (-2.0, $"app{i}", i))]);

        Assert.AreEqual("app4 app5 app6 app7 app8 others", string.Join(' ', timeline.Apps.Select(a => a.App)));
        Assert.AreEqual(1 + 2 + 3, timeline.Apps[^1].Counts.Sum());
        Assert.AreEqual(36, timeline.Apps.Sum(a => a.Counts.Sum()));
    }

    [TestMethod]
    public void What_was_cut_begins_where_searching_ended()
    {
        var left = Now.ToUnixTimeMilliseconds() - (2 * Hour);
        foreach (var counts in new TimelineCount[][] { [], [new(left + (Hour / 2), "codex", 1)] })
        {
            var timeline = Timeline.Of(new(counts, left), FilterTimes.Of("since:90d", Now), Now);
            Assert.IsTrue(timeline.IsCut);
            Assert.IsInRange(left - timeline.StepMs + 1, left, timeline.FromMs);
            Assert.AreEqual(counts.Length, timeline.Apps.Sum(a => a.Counts.Sum()));
        }

        Assert.AreEqual((0, false), (Of("").Columns, Of("since:90d").IsCut));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("since:1s")]
    [DataRow("since:59m")]
    [DataRow("since:30d")]
    [DataRow("since:1970-01-02 until:2200-01-01")]
    [DataRow("since:0001-01-01 until:0001-01-02")]
    [DataRow("since:2200-01-01")]
    [DataRow("until:1980-01-01 since:1990-01-01")]
    public void However_long_the_time_the_columns_are_few_and_hold_what_was_counted(string filter)
    {
        foreach (var ago in new[] { 0, 0.01, 3, 5000, 400_000 })
        {
            var times = FilterTimes.Of(filter, Now);
            var at = Math.Clamp(Now.ToUnixTimeMilliseconds() - (long)(ago * Hour), Math.Max(times.FromMs ?? 0, 0), long.MaxValue);
            if (at < (times.ToMs ?? long.MaxValue) && at <= Now.ToUnixTimeMilliseconds())
            {
                var grain = Timeline.GrainOf(times, Now);
                var timeline = Timeline.Of(new([new(at / grain * grain, "codex", 1)], null), times, Now);
                Assert.AreEqual(1, timeline.Apps.Single().Counts.Sum(), $"{filter} {ago}");
                Assert.IsInRange(1, Timeline.MostColumns, timeline.Columns);
            }

            Assert.IsInRange(0, Timeline.MostColumns, Timeline.Of(new([], null), times, Now).Columns);
        }
    }

    private static Timeline Of(string filter, params (double Hours, string App, int Count)[] counts) => Timeline.Of(
        new([.. counts.Select(c => new TimelineCount(Now.ToUnixTimeMilliseconds() + (long)(c.Hours * Hour), c.App, c.Count))], null), FilterTimes.Of(filter, Now), Now);
}
