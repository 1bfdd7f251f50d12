using System.Text;
using System.Text.Json;
using AktoDivert.Capture.Cut;

namespace AktoDivert.Tests.Capture;

[TestClass]
public sealed class CutterTests
{
    [TestMethod]
    public void The_longest_strings_lose_their_inside_and_the_structure_stays()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new { model = "m", messages = new[] { new { role = "user", content = "BEGIN" + new string('x', 50_000) + "END" } }, last = 1.5 });
        var cut = Exchanges.Json(AssertFits(json, 4096));
        var content = cut.GetProperty("messages")[0].GetProperty("content").GetString()!;
        StringAssert.StartsWith(content, "BEGINxxx");
        StringAssert.EndsWith(content, "xxxEND");
        StringAssert.Matches(content, new System.Text.RegularExpressions.Regex(@"\.\.\.\[cut \d+ bytes\]\.\.\."));
        Assert.AreEqual(("m", 1.5), (cut.GetProperty("model").GetString(), cut.GetProperty("last").GetDouble()));
    }

    [TestMethod]
    public void Json_that_fits_is_untouched() => Assert.AreEqual("""{ "a": 1 }""", JsonCutter.Cut("""{ "a": 1 }"""u8, 1024));

    [TestMethod]
    public void Structure_over_the_limit_is_wrapped()
    {
        var json = Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Range(0, 5000)) + "]");
        var cut = Exchanges.Json(AssertFits(json, 2048));
        StringAssert.StartsWith(cut.GetProperty("body").GetString(), "[0,1,2,");
        Assert.AreEqual("structure too large", cut.GetProperty("aktodivert").GetString());
    }

    [TestMethod]
    [DataRow("\"")]
    [DataRow("\\")]
    [DataRow("\n")]
    [DataRow("é")]
    [DataRow("😀")]
    [DataRow("\u0001")]
    public void Escapes_and_wide_characters_are_never_split(string character)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new { a = string.Concat(Enumerable.Repeat(character, 3000)), b = "x" });
        for (var limit = 1024; limit < 1200; limit += 7)
        {
            Assert.AreEqual("x", Exchanges.Json(AssertFits(json, limit)).GetProperty("b").GetString());
        }
    }

    [TestMethod]
    public void Lone_surrogates_do_not_stop_the_cutter() => AssertFits(Encoding.UTF8.GetBytes("{\"a\":\"" + string.Concat(Enumerable.Repeat("\\ud800", 1000)) + "\"}"), 1024);

    [TestMethod]
    public void Text_keeps_both_ends()
    {
        var cut = TextCutter.Cut("BEGIN" + new string('ö', 1000) + "END", 200);
        Assert.IsLessThanOrEqualTo(200, Encoding.UTF8.GetByteCount(cut));
        StringAssert.StartsWith(cut, "BEGIN");
        StringAssert.EndsWith(cut, "END");
    }

    private static string AssertFits(byte[] json, int limit)
    {
        var cut = JsonCutter.Cut(json, limit);
        Assert.IsLessThanOrEqualTo(limit, Encoding.UTF8.GetByteCount(cut));
        using var parsed = JsonDocument.Parse(cut);
        return cut;
    }
}
