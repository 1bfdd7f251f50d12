using AktoDivert.Core.Processes;

namespace AktoDivert.Tests.Core.Processes;

[TestClass]
public sealed class ProcessSelectorTests
{
    [TestMethod]
    [DataRow("name acme-bot", ProcessSelectorKind.Name, "acme-bot")]
    [DataRow("  Name \t Acme Bot.exe ", ProcessSelectorKind.Name, "Acme Bot.exe")]
    [DataRow("path */.local/share/acme/*", ProcessSelectorKind.Path, "*/.local/share/acme/*")]
    [DataRow("path C:/Program Files/Acme/*", ProcessSelectorKind.Path, "C:/Program Files/Acme/*")]
    [DataRow("argument @acme/bot", ProcessSelectorKind.CommandLine, "@acme/bot")]
    public void A_selector_is_read_and_written_in_one_form(string text, ProcessSelectorKind kind, string value)
    {
        Assert.IsTrue(ProcessSelector.TryParse(text, out var selector, out var error), error);
        Assert.AreEqual(new ProcessSelector(kind, value), selector);
        Assert.IsTrue(ProcessSelector.TryParse(selector.ToString(), out var again, out _));
        Assert.AreEqual(selector, again);
    }

    [TestMethod]
    [DataRow(null, "is empty")]
    [DataRow("   ", "is empty")]
    [DataRow("nam acme-bot", "'nam' is no kind of selector; write name, path or argument")]
    [DataRow("acme-bot", "'acme-bot' is no kind of selector")]
    [DataRow("name", "has no value")]
    [DataRow("name bin/acme", "for a folder write path")]
    [DataRow("name acme*", "for a glob write path")]
    [DataRow("path C:\\Acme\\*", "write / in place of every backslash")]
    [DataRow("path acme/bot", "begins with /")]
    [DataRow("path */*", "every program")]
    [DataRow("argument a", "at least 3 characters")]
    [DataRow("argument acme\\bot.py", "write / in place of every backslash")]
    [DataRow("name acme\u0007", "control character")]
    public void What_would_never_match_or_match_everything_is_refused_with_the_fix(string? text, string reason)
    {
        Assert.IsFalse(ProcessSelector.TryParse(text, out var selector, out var error));
        Assert.IsNull(selector);
        StringAssert.Contains(error, reason);
    }

    [TestMethod]
    public void A_long_value_is_refused_and_not_repeated_whole()
    {
        Assert.IsFalse(ProcessSelector.TryParse("name " + new string('a', 100_000), out _, out var error));
        StringAssert.Contains(error, "100000 characters");
        Assert.IsLessThan(300, error.Length);
    }

    [TestMethod]
    [DataRow("linux")]
    [DataRow("windows")]
    public void Every_shipped_selector_is_one_that_could_be_written(string platform)
    {
        var refused = AppCatalogue.ReadShipped(platform).Apps.SelectMany(app => app.Selectors)
            .Select(selector => ProcessSelector.TryParse(selector.ToString(), out var parsed, out var error) && parsed == selector ? "" : $"{selector}: {error}");
        Assert.AreEqual("", string.Concat(refused));
    }
}
