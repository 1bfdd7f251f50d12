using AktoDivert.Guardrails.Detectors;

namespace AktoDivert.Tests.Guardrails.Detectors.Topics;

[TestClass]
public sealed class TopicDetectorTests
{
    private static readonly DetectorSet Set = DetectorSet.Create(
        new DetectorOptions { Topics = [new TopicOption("layoffs", ["project redwood"], ["Which employees will be laid off in the coming reorganisation?"])] }, []);

    [TestMethod]
    [DataRow("Anything about Project Redwood yet?", 15, 15)]
    [DataRow("Hello. What employees are laid off by the reorganisation that is coming? Bye.", 6, 66)]
    public void Finds_keywords_and_sentences_worded_like_a_sample(string text, int offset, int length)
    {
        var found = new List<Detection>();
        Set.Scan(text, found);
        Assert.AreEqual((offset, length), found.Select(d => (d.Offset, d.Length)).Single());
        Assert.AreEqual("layoffs", found[0].Rule);
    }

    [TestMethod]
    [DataRow("How do employees book leave?")]
    [DataRow("The redwood is a tall tree.")]
    public void Leaves_other_sentences_alone(string text)
    {
        var found = new List<Detection>();
        Set.Scan(text, found);
        Assert.IsEmpty(found);
    }

    [TestMethod]
    public void A_topic_without_anything_to_look_for_is_refused()
    {
        var errors = new List<string>();
        Assert.IsTrue(DetectorSet.Create(new DetectorOptions { Topics = [new TopicOption("x", [], ["of the"])] }, errors).IsEmpty);
        StringAssert.Contains(errors.Single(), "'x'");
    }
}
