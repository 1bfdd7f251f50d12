using AktoDivert.Guardrails.Detectors;

namespace AktoDivert.Tests.Guardrails.Detectors;

[TestClass]
public sealed class HoldTests
{
    private static readonly DetectorSet Set = DetectorSet.Create(
        new DetectorOptions { Secrets = true, Pii = [], WordLists = [new WordListOption("words", ["nightjar"])], Patterns = [new PatternOption("ticket", "ACME-[0-9]{6}")] }, []);

    // What a stream shows before its next part comes: wherever it is cut, nothing of a finding has passed that ends after the cut.
    [TestMethod]
    [DataRow("the key is AKIAZ3MSJV4WWXPK5RTQ, keep it")]
    [DataRow("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U end")]
    [DataRow("pay DE89 3704 0044 0532 0130 00 today")]
    [DataRow("pay with card 4539 5787 6362 1486 today")]
    [DataRow("write to ann.lee@mail.test.example.com, please")]
    [DataRow("call +49 30 1234567 now")]
    [DataRow("social security number 219-09-9998 is hers")]
    [DataRow("from 203.0.113.7 and 2001:db8::8a2e:370:7334 on")]
    [DataRow("mac aa-bb-cc-dd-ee-ff is up")]
    [DataRow("send to 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed now")]
    [DataRow("project nightjar and ACME-123456 are late")]
    public void A_finding_cut_anywhere_is_held(string text)
    {
        var found = new List<Detection>();
        Set.Scan(text, found);
        Assert.IsNotEmpty(found);
        for (var cut = 1; cut < text.Length; cut++)
        {
            var from = Set.HoldFrom(text.AsSpan(0, cut));
            foreach (var one in found.Where(f => f.Offset < cut && f.End > cut))
            {
                Assert.IsLessThanOrEqualTo(one.Offset, from, $"{one.Rule} is cut at {cut}: '{text[..from]}' has passed");
            }
        }
    }
}
