using AktoDivert.Fuzz;

namespace AktoDivert.Tests.Fuzz;

[TestClass]
public sealed class FuzzTargetTests
{
    [TestMethod]
    public void Every_target_survives_three_thousand_mutations()
    {
        foreach (var target in FuzzTargets.All)
        {
            Fuzzer.Run(target, seed: 1, iterations: 3_000);
        }
    }
}
