using AktoDivert.Proxy.Intercept.Certificates.Trust;

namespace AktoDivert.Tests.Proxy.Intercept.Certificates.Trust;

[TestClass]
public sealed class EnvironmentBlockTests
{
    private const string Line = "NAME=value";

    [TestMethod]
    [DataRow(null)]
    [DataRow("")]
    [DataRow("\n")]
    [DataRow("A=1")]
    [DataRow("A=1\n")]
    [DataRow("A=1\n\n")]
    public void Removing_gives_back_what_was_there(string? text)
    {
        var added = EnvironmentBlock.Add(text, Line);
        CollectionAssert.Contains(added.Split('\n'), Line);
        Assert.AreEqual(text, EnvironmentBlock.Remove(added, Line));
    }

    [TestMethod]
    [DataRow(null, "B=2\n")]
    [DataRow("", "B=2\n")]
    [DataRow("A=1\n", "A=1\nB=2\n")]
    [DataRow("A=1", "A=1\nB=2\n")]
    public void What_others_added_later_stays(string? text, string expected)
    {
        var removed = EnvironmentBlock.Remove(EnvironmentBlock.Add(text, Line) + "B=2\n", Line);
        Assert.AreEqual(expected, removed);
    }

    [TestMethod]
    public void A_text_without_the_line_stays_as_it_is()
    {
        Assert.AreEqual("NAME=other\n", EnvironmentBlock.Remove("NAME=other\n", Line));
        Assert.AreEqual("", EnvironmentBlock.Remove("", Line));
    }
}
