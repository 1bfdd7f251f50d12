using AktoDivert.Console.Calls.Filtering;

namespace AktoDivert.Tests.Console.Filtering;

[TestClass]
public sealed class LikePatternTests
{
    [TestMethod]
    [DataRow("api.openai.com", "%openai%", true)]
    [DataRow("api.openai.com", "api.%", true)]
    [DataRow("api.openai.com", "%.com", true)]
    [DataRow("api.openai.com", "openai", false)]
    [DataRow("api.openai.com", "api_openai_com", true)]
    [DataRow("api.openai.com", @"api\_openai\_com", false)]
    [DataRow("a_b", @"a\_b", true)]
    [DataRow("50%", @"50\%", true)]
    [DataRow("500", @"50\%", false)]
    [DataRow(@"a\b", @"a\\b", true)]
    [DataRow("abcabd", "%ab%d", true)]
    [DataRow("abcabc", "%ab%d", false)]
    [DataRow("", "", true)]
    [DataRow("", "%", true)]
    [DataRow("", "_", false)]
    [DataRow("a", "", false)]
    public void It_matches_as_the_database_does(string text, string pattern, bool matches) => Assert.AreEqual(matches, LikePattern.Matches(text, pattern));

    [TestMethod]
    public void Many_wildcards_cost_no_more_than_the_product_of_both_lengths()
    {
        var began = TimeProvider.System.GetTimestamp();
        Assert.IsFalse(LikePattern.Matches(new string('a', 2000), string.Concat(Enumerable.Repeat("%a", 500)) + "b"));
        Assert.IsLessThan(5.0, TimeProvider.System.GetElapsedTime(began).TotalSeconds);
    }
}
