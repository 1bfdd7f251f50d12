using AktoDivert.Console.Calls.Filtering;

namespace AktoDivert.Tests.Console.Filtering;

[TestClass]
public sealed class FilterTimesTests
{
    private const long Begin = 1_764_081_000_000;
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2025-11-26T15:00:00Z", System.Globalization.CultureInfo.InvariantCulture);

    [TestMethod]
    [DataRow("", "since:2025-11-25T14:30 until:2025-11-25T15:00")]
    [DataRow("since:2h app:codex", "app:codex since:2025-11-25T14:30 until:2025-11-25T15:00")]
    [DataRow("app:a  until:today -since:1h since:7d \"two words\"", "app:a -since:1h \"two words\" since:2025-11-25T14:30 until:2025-11-25T15:00")]
    [DataRow("\"since:2h\" colour:red", "\"since:2h\" colour:red since:2025-11-25T14:30 until:2025-11-25T15:00")]
    public void A_span_takes_the_place_of_the_filters_own(string text, string expected)
    {
        var narrowed = FilterTimes.Of(text, Now).With(Begin, Begin + 1_800_000);

        Assert.AreEqual(expected, narrowed);
        var read = FilterTimes.Of(narrowed, Now);
        Assert.AreEqual((Begin, Begin + 1_800_000), (read.FromMs, read.ToMs));
        Assert.AreEqual(FilterTimes.Of(text, Now).Rest, read.Rest);
    }

    [TestMethod]
    public void Seconds_are_written_and_what_was_written_comes_back()
    {
        var times = FilterTimes.Of("since:2h app:codex", Now);

        Assert.AreEqual("app:codex since:2025-11-25T14:30:05", times.With(Begin + 5000, null));
        Assert.AreEqual("app:codex since:2h", times.With(times.Written));
        Assert.AreEqual("app:codex", times.With(""));
    }

    [TestMethod]
    public void Of_several_the_narrowest_counts()
    {
        var times = FilterTimes.Of("since:2h since:1h until:2025-11-26T14:50 until:2025-11-26T14:40", Now);

        Assert.AreEqual((Now.AddHours(-1), Now.AddMinutes(-20)), (DateTimeOffset.FromUnixTimeMilliseconds(times.FromMs!.Value), DateTimeOffset.FromUnixTimeMilliseconds(times.ToMs!.Value)));
    }
}
