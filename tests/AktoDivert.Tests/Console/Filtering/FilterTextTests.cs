using AktoDivert.Console.Calls;
using AktoDivert.Console.Calls.Filtering;
using AktoDivert.Console.Storage;

namespace AktoDivert.Tests.Console.Filtering;

[TestClass]
public sealed class FilterTextTests
{
    private static readonly ContentSeal Seal = new(new byte[32]);

    [TestMethod]
    [DataRow("", "")]
    [DataRow("   ", "")]
    [DataRow("monad 429", "Has[monad] Has[429]")]
    [DataRow("app:claude host:*.anthropic.com verdict:block tokens>4000 since:2h",
        "app Has[claude] host Has[*.anthropic.com] verdict Has[block] tokens Above[4000] since Has[2h]")]
    [DataRow("HOST=.openai.com", "host Exactly[.openai.com]")]
    [DataRow("-app:codex,claude", "!app Has[codex|claude]")]
    [DataRow("!status:200", "!status Has[200]")]
    [DataRow("tokens:>=4k duration<=2s", "tokens AtLeast[4k] duration AtMost[2s]")]
    [DataRow("\"two words\" user:\"a b\",c", "Has[two words] user Has[a b|c]")]
    [DataRow("path:\"a,b\"", "path Has[a,b]")]
    [DataRow("\"app:claude\"", "Has[app:claude]")]
    [DataRow("10:30 :x -", "Has[10:30] Has[:x] Has[-]")]
    [DataRow("\"say \\\"hi\\\"\"", "Has[say \"hi\"]")]
    public void A_filter_is_read(string text, string expected)
    {
        var read = FilterText.Parse(text);

        Assert.AreEqual("", string.Join('\n', read.Errors.Select(e => e.Message)));
        Assert.AreEqual(expected, string.Join(' ', read.Terms.Select(Show)));
    }

    [TestMethod]
    [DataRow("app:x colour:red", 6, 10, "There is no field \"colour\".")]
    [DataRow("https://x.example", 0, 17, "put it in quotes")]
    [DataRow("proto:x", 0, 7, "Did you mean protocol?")]
    [DataRow("tokens>many", 0, 11, "\"many\" is no number")]
    [DataRow("duration>2x", 0, 11, "\"2x\" is no time")]
    [DataRow("since:soon", 0, 10, "\"soon\" is no moment")]
    [DataRow("since:1h,2h", 0, 11, "takes one moment")]
    [DataRow("app>3", 0, 5, "app is text")]
    [DataRow("app:", 0, 4, "app needs a value")]
    [DataRow("is:odd", 0, 6, "not \"odd\"")]
    [DataRow("a \"b c", 2, 4, "not closed")]
    public void A_mistake_is_named_with_its_place(string text, int start, int length, string part)
    {
        var error = FilterText.Parse(text).Errors.Single();

        Assert.AreEqual((start, length), (error.Start, error.Length));
        StringAssert.Contains(error.Message, part);
    }

    [TestMethod]
    public void What_is_too_much_is_refused_and_the_rest_read()
    {
        Assert.HasCount(FilterText.MostTerms, FilterText.Parse(string.Join(' ', Enumerable.Repeat("a", 50))).Terms);
        StringAssert.Contains(FilterText.Parse("app:" + string.Join(',', Enumerable.Range(0, 41))).Errors.Single().Message, "41 values");
        StringAssert.Contains(FilterText.Parse(new string('a', 3000)).Errors.Single().Message, "3000 characters");
    }

    [TestMethod]
    public void A_filter_cut_at_any_character_is_read_without_a_fault()
    {
        const string Text = "-app:\"cl\\\"aude\",x host=.a status:4xx,500..599 tokens:>=4k since:2026-11-25T10:00 is:error \"w";
        for (var i = 0; i <= Text.Length; i++)
        {
            Apply(Text[..i]);
            Apply(Text[i..]);
        }
    }

    [TestMethod]
    [DataRow("4000", 4000)]
    [DataRow("4k", 4000)]
    [DataRow("1.5MB", 1_572_864)]
    public void Counts_have_units(string text, double expected)
    {
        Assert.IsTrue(FilterUnits.TryCount(text, out var value));
        Assert.AreEqual(expected, value);
    }

    [TestMethod]
    [DataRow("2h", "2026-11-25T10:30:00Z")]
    [DataRow("today", "2026-11-25T00:00:00Z")]
    [DataRow("yesterday", "2026-11-24T00:00:00Z")]
    [DataRow("2026-11-20", "2026-11-20T00:00:00Z")]
    [DataRow("2026-11-20T08:15", "2026-11-20T08:15:00Z")]
    public void Moments_count_from_now_or_are_dates(string text, string expected)
    {
        Assert.IsTrue(FilterUnits.TryMoment(text, DateTimeOffset.Parse("2026-11-25T12:30:00Z", null), out var moment));
        Assert.AreEqual(DateTimeOffset.Parse(expected, null), moment);
    }

    [TestMethod]
    [DataRow("999999999999d")]
    [DataRow("2")]
    [DataRow("-2h")]
    [DataRow("1e9h")]
    [DataRow("0001-01-01T00:00:00+14:00")]
    public void What_is_no_moment_is_refused(string text) =>
        Assert.IsFalse(FilterUnits.TryMoment(text, DateTimeOffset.UnixEpoch.AddYears(56), out _));

    // Building the query is what a page does with any text that somebody puts into its address.
    private static void Apply(string text) =>
        CallFilter.Parse(text, DateTimeOffset.UnixEpoch.AddYears(56)).Apply(Array.Empty<CallRow>().AsQueryable(), Seal);

    private static string Show(FilterTerm term) =>
        $"{(term.Negated ? "!" : "")}{term.Field}{(term.Field.Length > 0 ? " " : "")}{term.Operator}[{string.Join('|', term.Values)}]";
}
