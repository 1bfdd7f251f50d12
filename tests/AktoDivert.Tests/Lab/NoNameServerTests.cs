using System.Text;
using AktoDivert.Lab.Upstream;

namespace AktoDivert.Tests.Lab;

[TestClass]
public sealed class NoNameServerTests
{
    private static readonly byte[] Query = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, .. "www"u8, 7, .. "example"u8, 0, 0, 1, 0, 1];

    [TestMethod]
    public void The_answer_repeats_the_question_and_denies_the_name()
    {
        var answer = NoNameServer.Answer(Query)!;
        CollectionAssert.AreEqual(new byte[] { 0x12, 0x34, 0x81, 0x83 }, answer[..4]);
        CollectionAssert.AreEqual(Query[4..], answer[4..]);
        Assert.AreEqual("www.example", NoNameServer.NameIn(Query));
    }

    [TestMethod]
    public void A_query_cut_anywhere_does_no_harm()
    {
        for (var length = 0; length < Query.Length; length++)
        {
            var cut = Query[..length];
            Assert.AreEqual(length < 12, NoNameServer.Answer(cut) is null);
            Assert.IsLessThanOrEqualTo(length, Encoding.ASCII.GetByteCount(NoNameServer.NameIn(cut)));
        }
    }
}
