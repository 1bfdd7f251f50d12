using AktoDivert.Guardrails.Bench;
using AktoDivert.Tests.Shared;

namespace AktoDivert.Tests.Guardrails.Bench;

/// <summary>Floors for the quality on labelled data that lies beside the repository, where it does.</summary>
[TestClass]
public sealed class DevelopmentDataTests
{
    [TestMethod]
    [DataRow("pii_cases.jsonl", 0.98, 0.99)]
    [DataRow("injection_cases.jsonl", 0.70, 1.0)]
    public void The_figures_do_not_fall(string file, double recall, double precision)
    {
        var path = Path.Combine(Repository.Root, "../shared/data", file);
        if (!File.Exists(path))
        {
            Assert.Inconclusive($"{file} is not beside the repository");
        }

        var errors = new List<string>();
        var report = GuardBench.Run(BenchFile.Read(File.ReadLines(path), file, errors), null);
        Assert.IsEmpty(errors);
        Assert.IsEmpty(report.Unknown);
        Assert.IsGreaterThanOrEqualTo(recall, report.Total.Recall);
        Assert.IsGreaterThanOrEqualTo(precision, report.Total.Precision);
    }
}
