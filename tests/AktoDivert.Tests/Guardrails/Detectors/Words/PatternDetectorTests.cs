using AktoDivert.Guardrails.Detectors;

namespace AktoDivert.Tests.Guardrails.Detectors.Words;

[TestClass]
public sealed class PatternDetectorTests
{
    [TestMethod]
    public void Finds_every_match_at_its_place()
    {
        var set = Set([new PatternOption("ticket", "ACME-[0-9]+")]);
        var found = new List<Detection>();
        set.Scan("see ACME-12 and ACME-7", found);
        CollectionAssert.AreEqual(new[] { (4, 7), (16, 6) }, found.Select(d => (d.Offset, d.Length)).ToArray());
        Assert.AreEqual("ticket", found[0].Rule);
    }

    [TestMethod]
    [DataRow("(", "not a regular expression")]
    [DataRow("(?=a)b", "look-around")]
    [DataRow(@"(a)\1", "back-references")]
    [DataRow("a*", "empty text")]
    [DataRow("[[:alnum:]]+", "POSIX")]
    [DataRow("", "0 characters")]
    public void Refuses_what_cannot_run_in_linear_time_and_says_why(string pattern, string reason)
    {
        var errors = new List<string>();
        var set = DetectorSet.Create(new DetectorOptions { Patterns = [new PatternOption("mine", pattern)] }, errors);
        Assert.IsTrue(set.IsEmpty);
        StringAssert.Contains(errors.Single(), reason);
        StringAssert.Contains(errors.Single(), "'mine'");
    }

    private static DetectorSet Set(PatternOption[] patterns)
    {
        var errors = new List<string>();
        var set = DetectorSet.Create(new DetectorOptions { Patterns = patterns }, errors);
        Assert.IsEmpty(errors);
        return set;
    }
}
