using AktoDivert.Guardrails.Detectors;
using AktoDivert.Guardrails.Detectors.Secrets;

namespace AktoDivert.Tests.Guardrails.Detectors.Secrets;

[TestClass]
public sealed class SecretRulesTests
{
    private const int Samples = 10;

    [TestMethod]
    public void There_are_rules_for_at_least_200_kinds_of_tokens()
    {
        Assert.IsGreaterThanOrEqualTo(200, SecretRules.All.Count);
        CollectionAssert.AllItemsAreUnique(SecretRules.All.Select(r => r.Id).ToArray());
    }

    [TestMethod]
    [DataRow("[[:", "a POSIX class, which .NET reads as something else")]
    [DataRow(@"\d", "all digits of Unicode; write [0-9]")]
    [DataRow(@"\w", "all letters of Unicode; write [A-Za-z0-9_]")]
    [DataRow(@"\b", "a boundary of Unicode; the detector checks the ends")]
    [DataRow(@"\s", "all blanks of Unicode")]
    [DataRow("(?=", "look-around")]
    [DataRow("(?!", "look-around")]
    [DataRow("(?<", "look-around or a named group")]
    public void No_rule_uses_what_means_something_else_in_dotnet(string syntax, string meaning)
    {
        var rules = SecretRules.All.Where(r => r.Pattern.Contains(syntax, StringComparison.Ordinal)).Select(r => $"{r.Id}: {meaning}");
        Assert.AreEqual("", string.Join('\n', rules));
    }

    [TestMethod]
    public void No_rule_has_an_anchor()
    {
        var rules = SecretRules.All.Where(r => r.Pattern.Replace(@"\$", "", StringComparison.Ordinal).AsSpan().ContainsAny('$', '^'));
        Assert.AreEqual("", string.Join('\n', rules.Select(r => r.Id)));
    }

    [TestMethod]
    public void Every_rule_has_a_way_to_be_tried()
    {
        var rules = SecretRules.All.Where(r => r.Start.Length + r.Near.Length + r.Infix.Length == 0 || r.Start.Concat(r.Near).Any(string.IsNullOrEmpty));
        Assert.AreEqual("", string.Join('\n', rules.Select(r => r.Id)));
    }

    [TestMethod]
    public void Every_rule_has_a_positive_and_a_negative_case()
    {
        var cases = SecretText.Cases.Where(c => c.Positive.Length > 0 && c.Negative.Length > 0).Select(c => c.Rule).ToArray();
        CollectionAssert.AreEquivalent(SecretRules.All.Select(r => r.Id).ToArray(), cases);
    }

    [TestMethod]
    public void Recall_over_all_rules_is_at_least_99_percent()
    {
        var detector = new SecretDetector(0.5);
        var missed = new List<string>();
        foreach (var (rule, positive, _) in SecretText.Cases)
        {
            for (var seed = 0; seed < Samples; seed++)
            {
                var text = SecretText.Expand(positive, seed, out var first, out var end);
                var found = new List<Detection>();
                detector.Scan(text, found);
                if (!found.Any(d => d.Offset <= first && d.End >= end))
                {
                    missed.Add($"{rule}: {text}");
                }
            }
        }

        var recall = 1 - ((double)missed.Count / (SecretText.Cases.Count * Samples));
        Assert.IsGreaterThanOrEqualTo(0.99, recall, string.Join('\n', missed));
    }

    [TestMethod]
    public void Each_rule_finds_most_of_its_own_positives_and_none_of_its_negatives()
    {
        var detector = new SecretDetector(0.5);
        var wrong = new List<string>();
        foreach (var (rule, positive, negative) in SecretText.Cases)
        {
            var hits = 0;
            for (var seed = 0; seed < Samples; seed++)
            {
                var found = new List<Detection>();
                detector.Scan(SecretText.Expand(positive, seed, out _, out _), found);
                hits += found.Count > 0 ? 1 : 0;
                found.Clear();
                var text = SecretText.Expand(negative, seed, out _, out _);
                detector.Scan(text, found);
                wrong.AddRange(found.Where(d => d.Rule == rule).Select(d => $"{rule} in {text}"));
            }

            if (hits < Samples * 7 / 10)
            {
                wrong.Add($"{rule} found {hits} of {Samples} of {positive}");
            }
        }

        Assert.AreEqual("", string.Join('\n', wrong));
    }
}
