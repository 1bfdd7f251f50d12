using System.Reflection;
using System.Text.RegularExpressions;
using AktoDivert.Guardrails.Detectors;
using AktoDivert.Guardrails.Detectors.Pii.Rules;

namespace AktoDivert.Tests.Guardrails.Detectors.Pii;

[TestClass]
public sealed class PiiCaseTests
{
    /// <summary>Each entity by itself.</summary>
    public static IEnumerable<object[]> Entities => DetectorSet.PiiEntities.Select(entity => new object[] { entity });

    [TestMethod]
    public void Every_entity_has_a_positive_and_a_negative_case()
    {
        var cases = PiiCase.All.Where(c => c.Length > 0 && c.Negative.Length > 0).Select(c => c.Entity).Distinct().ToArray();
        CollectionAssert.AreEquivalent(DetectorSet.PiiEntities.ToArray(), cases);
    }

    [TestMethod]
    [DynamicData(nameof(Entities))]
    public void What_is_the_entity_is_found_at_the_default_threshold(string entity)
    {
        var set = DetectorSet.Create(new DetectorOptions { Pii = [entity] }, []);
        foreach (var one in PiiCase.All.Where(c => c.Entity == entity))
        {
            var found = new List<Detection>();
            set.Scan(one.Positive, found);
            Assert.AreEqual((one.Offset, one.Length), found.Select(d => (d.Offset, d.Length)).SingleOrDefault(), one.Positive);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Entities))]
    public void What_only_looks_like_the_entity_is_found_at_no_threshold(string entity)
    {
        var set = DetectorSet.Create(new DetectorOptions { Pii = [entity], PiiThreshold = 0 }, []);
        foreach (var one in PiiCase.All.Where(c => c.Entity == entity))
        {
            var found = new List<Detection>();
            set.Scan(one.Negative, found);
            Assert.IsEmpty(found, $"{string.Join(", ", found)} in {one.Negative}");
        }
    }

    // In .NET \d is every digit of Unicode, \b a boundary of Unicode, \s every blank, $ also the place before a last line feed; [[: is no class.
    // \w is meant: a number does not end before a letter of any script.
    [TestMethod]
    public void No_expression_uses_what_means_something_else_in_dotnet()
    {
        var expressions = typeof(PiiRules).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(PiiRules).Namespace)
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
            .Select(method => method.GetCustomAttribute<GeneratedRegexAttribute>()?.Pattern)
            .OfType<string>()
            .ToArray();
        Assert.IsGreaterThan(30, expressions.Length);
        string[] wrong = ["[[:", @"\d", @"\b", @"\s", "$", "^"];
        var faults = expressions.Where(e => wrong.Any(w => e.Contains(w, StringComparison.Ordinal)) || e.Replace(@"(?!\w", "", StringComparison.Ordinal).Contains(@"\w", StringComparison.Ordinal));
        Assert.AreEqual("", string.Join('\n', faults));
    }
}
