using AktoDivert.Console.Components.Calls;
using AktoDivert.Console.Storage;

namespace AktoDivert.Tests.Console;

[TestClass]
public sealed class ShowTests
{
    [TestMethod]
    [DataRow(0L, "0 B")]
    [DataRow(999L, "999 B")]
    [DataRow(1000L, "1.0 KB")]
    [DataRow(10_485_760L, "10.0 MB")]
    [DataRow(500_000_000L, "477 MB")]
    public void Bytes_have_a_unit(long bytes, string expected) => Assert.AreEqual(expected, Show.Bytes(bytes));

    [TestMethod]
    [DataRow(null, "–")]
    [DataRow(0.085, "0.1 ms")]
    [DataRow(120.5, "121 ms")]
    [DataRow(2315.0, "2.3 s")]
    public void Durations_have_a_unit(double? milliseconds, string expected) => Assert.AreEqual(expected, Show.Duration(milliseconds));

    [TestMethod]
    [DataRow(3, "now")]
    [DataRow(59, "59 s ago")]
    [DataRow(3599, "59 min ago")]
    [DataRow(90_000, "1 d ago")]
    public void Ago_uses_the_largest_unit(int seconds, string expected)
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(50);
        Assert.AreEqual(expected, Show.Ago(now.AddSeconds(-seconds), now));
        Assert.AreEqual("never", Show.Ago(null, now));
    }

    [TestMethod]
    [DataRow(long.MinValue)]
    [DataRow(long.MaxValue)]
    public void A_time_no_clock_has_is_shown_all_the_same(long milliseconds) => Assert.AreNotEqual("", Show.Time(milliseconds));

    [TestMethod]
    [DataRow("")]
    [DataRow("plain")]
    [DataRow("{\"a\":\"é…\\\"\"}")]
    public void Stored_text_comes_back(string text) => Assert.AreEqual(text, StoredText.Unpack(StoredText.Pack(text)));

    [TestMethod]
    public void Json_is_indented_and_anything_else_left_alone()
    {
        Assert.AreEqual("{\n  \"a\": \"é\"\n}", PrettyBody.Of("{\"a\":\"é\"}", 100).ReplaceLineEndings("\n"));
        Assert.AreEqual("{\"a\":", PrettyBody.Of("{\"a\":", 100));
        Assert.AreEqual("abc", PrettyBody.Of("abcdef", 3));
    }
}
