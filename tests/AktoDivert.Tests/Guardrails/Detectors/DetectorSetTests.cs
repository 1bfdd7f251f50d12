using System.Diagnostics;
using AktoDivert.Guardrails.Detectors;

namespace AktoDivert.Tests.Guardrails.Detectors;

[TestClass]
public sealed class DetectorSetTests
{
    private static readonly DetectorSet All = DetectorSet.Create(
        new DetectorOptions
        {
            Secrets = true,
            Pii = [],
            PromptInjection = true,
            SourceCode = true,
            TokenLimit = 100_000_000,
            WordLists = [new WordListOption("words", ["nightjar", "redwood"])],
            Patterns = [new PatternOption("ticket", "ACME-[0-9]+")],
            Topics = [new TopicOption("topic", ["layoffs"], ["Which employees will be laid off soon?"])],
        },
        []);

    // What counts is compiled code: until the runtime has optimised a detector, which it does after some calls and some time, its first code boxes a little.
    [TestMethod]
    public void Clean_text_allocates_nothing()
    {
        var text = string.Concat(Enumerable.Repeat("The quick fox slept 3 times in the sun; at noon (near the mill) we met and talked about it all.\n", 200));
        foreach (var detector in All.Detectors)
        {
            List<Detection> found = [];
            var least = long.MaxValue;
            for (var started = Stopwatch.GetTimestamp(); least > 0 && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30);)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                detector.Scan(text, found);
                detector.HoldFrom(text);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            Assert.IsEmpty(found, detector.Name);
            Assert.AreEqual(0, least, detector.Name);
        }
    }

    [TestMethod]
    [NotUnderWine("it measures time, and Wine's own server takes some of it")]
    [DataRow("1 2-3.4/5:6 ")]
    [DataRow("12 345-6789 ")]
    [DataRow("0a1b2c3d4e5f")]
    [DataRow("a@")]
    [DataRow("a.b.c@")]
    [DataRow("://a:b@")]
    [DataRow("::1:")]
    [DataRow("sk-ghp_AKIA")]
    [DataRow("sk-ant-api03-aaaa/")]
    [DataRow("eyJa.eyJa.")]
    [DataRow("-----BEGIN PRIVATE KEY-----")]
    [DataRow("password=")]
    [DataRow("PuTTY-User-Key-File-")]
    [DataRow("ignore all previous ")]
    [DataRow("비밀번호")]
    [DataRow("パスワード")]
    [DataRow("<a <b ")]
    [DataRow("0x52908400098527886E0F7030069857D2E4169EE7 ")]
    [DataRow("ACME-")]
    [DataRow("nightjarredwood")]
    [DataRow("layoffs ")]
    [DataRow("i g n o ")]
    [DataRow("57 68 61 74 ")]
    [DataRow("QUJD+/")]
    [DataRow("+1 (415) 555-")]
    [DataRow("DE89 3704 ")]
    [DataRow("def self. SELECT ")]
    [DataRow("\ud83d\u200b\udb40\udc41")]
    public void Hostile_text_takes_linear_time(string unit)
    {
        // Eight times the text may take 8 times as long; 64 times would be quadratic. On a busy machine the best of many runs tells.
        Scan(unit, 4 * 1024);
        var (small, large) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < 40 && !(large / Math.Max(small, 0.05) < 32); round++)
        {
            small = Math.Min(small, Scan(unit, 8 * 1024));
            large = Math.Min(large, Scan(unit, 64 * 1024));
        }

        Assert.IsLessThan(32, large / Math.Max(small, 0.05), $"{small:0.00} ms for 8 Ki, {large:0.00} ms for 64 Ki characters");
    }

    private static double Scan(string unit, int length)
    {
        var text = string.Concat(Enumerable.Repeat(unit, (length / unit.Length) + 1))[..length];
        var watch = Stopwatch.StartNew();
        All.Scan(text, []);
        All.HoldFrom(text);
        return watch.Elapsed.TotalMilliseconds;
    }
}
