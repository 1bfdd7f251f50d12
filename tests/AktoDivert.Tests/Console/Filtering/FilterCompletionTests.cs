using AktoDivert.Console.Calls.Filtering;

namespace AktoDivert.Tests.Console.Filtering;

[TestClass]
public sealed class FilterCompletionTests
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Known = new()
    {
        ["app"] = ["claude-code", "codex-cli", "my claude"],
        ["user"] = ["alice, the admin"],
    };

    [TestMethod]
    [DataRow("", "app:")]
    [DataRow("ho", "host:")]
    [DataRow("app:x tok", "app:x tokens>")]
    [DataRow("-mod", "-model:")]
    [DataRow("app:cod", "app:codex-cli ")]
    [DataRow("-app:codex-cli,cl", "-app:codex-cli,claude-code ")]
    [DataRow("app=cl", "app=claude-code ")]
    [DataRow("user:al", "user:\"alice, the admin\" ")]
    [DataRow("x is:err", "x is:error ")]
    [DataRow("since:2", "since:24h ")]
    public void The_best_way_to_go_on_comes_first(string text, string expected) =>
        Assert.AreEqual(expected, FilterCompletion.Of(text, Known)[0].Text);

    [TestMethod]
    [DataRow("colour:r")]
    [DataRow("zzz")]
    [DataRow("\"app:cl")]
    public void Where_nothing_fits_nothing_is_suggested(string text) => Assert.IsEmpty(FilterCompletion.Of(text, Known));

    [TestMethod]
    public void Every_suggestion_of_a_field_leads_to_a_filter_that_is_understood()
    {
        foreach (var field in FilterFields.All)
        {
            Assert.IsEmpty(FilterText.Parse(field.Example).Errors, field.Example);
            foreach (var next in FilterCompletion.Of(field.Name + ":", Known))
            {
                Assert.IsEmpty(FilterText.Parse(next.Text).Errors, next.Text);
            }
        }
    }
}
