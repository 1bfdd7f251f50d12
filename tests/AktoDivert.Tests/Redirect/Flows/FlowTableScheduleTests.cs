using AktoDivert.Redirect.Flows;
using AktoDivert.Tests.Redirect.Simulation;
using FsCheck;

namespace AktoDivert.Tests.Redirect.Flows;

/// <summary>Random schedules of packets, events and time: the flow table against the naive reference.</summary>
[TestClass]
public sealed class FlowTableScheduleTests
{
    [TestMethod]
    public void The_table_answers_as_the_reference_does()
    {
        var scripts = Arb.From(Gen.Choose(0, int.MaxValue).ArrayOf(), Arb.Shrink);
        Prop.ForAll(scripts, script => FlowScript.Diverges(script) is { } difference ? throw new AssertFailedException(difference) : true)
            .Check(new Configuration
            {
                MaxNbOfTest = Schedules.Count, EndSize = 60, QuietOnSuccess = true,
                Runner = Config.QuickThrowOnFailure.Runner, Replay = FsCheck.Random.StdGen.NewStdGen(Schedules.Seed, Schedules.Seed),
            });
    }

    [TestMethod]
    public void Such_schedules_reach_everything_that_is_counted()
    {
        var random = new System.Random(1);
        var counted = Enumerable.Range(0, 500).Select(_ => (object)FlowScript.Counters([.. Enumerable.Range(0, 60).Select(_ => random.Next())])).ToArray();
        foreach (var field in typeof(FlowCounters).GetFields())
        {
            Assert.IsGreaterThan(20, counted.Count(counters => (long)field.GetValue(counters)! > 0), field.Name);
        }
    }
}
