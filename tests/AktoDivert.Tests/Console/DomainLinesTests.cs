using AktoDivert.Console.Settings;

namespace AktoDivert.Tests.Console;

[TestClass]
public sealed class DomainLinesTests
{
    [TestMethod]
    public void Bad_lines_are_named_by_number_and_text()
    {
        var (_, errors) = DomainLines.Parse(["ok.example", "", "# comment", "not ok", "https://x.example/y"]);

        Assert.HasCount(2, errors);
        StringAssert.StartsWith(errors[0], "Line 4, \"not ok\": ");
        StringAssert.StartsWith(errors[1], "Line 5, \"https://x.example/y\": ");
    }

    [TestMethod]
    public void Nothing_to_add_is_said()
    {
        Assert.AreEqual("Enter at least one domain.", DomainLines.Parse(["", "# only a comment"]).Errors.Single());
    }

    [TestMethod]
    public void Three_bad_lines_of_a_large_paste_are_found()
    {
        var lines = Enumerable.Range(0, 100_000).Select(i => $"host{i}.example.com").ToArray();
        lines[7] = lines[50_000] = lines[99_999] = "bad host";

        CollectionAssert.AreEqual(new[] { 8, 50_001, 100_000 }, DomainLines.Parse(lines).Errors.Select(e => int.Parse(e[5..e.IndexOf(',', StringComparison.Ordinal)], null)).ToArray());
    }
}
