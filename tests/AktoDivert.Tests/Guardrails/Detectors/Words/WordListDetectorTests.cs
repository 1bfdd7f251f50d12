using AktoDivert.Guardrails.Detectors;

namespace AktoDivert.Tests.Guardrails.Detectors.Words;

[TestClass]
public sealed class WordListDetectorTests
{
    private static readonly DetectorSet Set = DetectorSet.Create(
        new DetectorOptions { WordLists = [new WordListOption("projects", ["Project Nightjar", "nightjar", "C++"])] }, []);

    [TestMethod]
    [DataRow("about PROJECT nightjar.", 6, 16)]
    [DataRow("nightjar", 0, 8)]
    [DataRow("write C++ now", 6, 3)]
    public void Finds_whole_words_in_any_case_and_the_longest(string text, int offset, int length)
    {
        var found = new List<Detection>();
        Set.Scan(text, found);
        Assert.AreEqual((offset, length), found.Select(d => (d.Offset, d.Length)).Single());
    }

    [TestMethod]
    [DataRow("nightjars")]
    [DataRow("anightjar")]
    [DataRow("nächtnightjar")]
    [DataRow("")]
    public void Leaves_parts_of_words_alone(string text)
    {
        var found = new List<Detection>();
        Set.Scan(text, found);
        Assert.IsEmpty(found);
    }

    [TestMethod]
    [DataRow("the night", 4)]
    [DataRow("the project  ", 13)]
    [DataRow("the project ni", 4)]
    [DataRow("nothing here", 12)]
    public void Holds_what_could_become_a_word(string text, int from) => Assert.AreEqual(from, Set.HoldFrom(text));

    [TestMethod]
    public void An_empty_word_is_refused()
    {
        var errors = new List<string>();
        Assert.IsTrue(DetectorSet.Create(new DetectorOptions { WordLists = [new WordListOption("x", ["a", " "])] }, errors).IsEmpty);
        StringAssert.Contains(errors.Single(), "'x'");
    }
}
