using System.Collections.Concurrent;

namespace AktoDivert.Tests.Redirect.Simulation;

/// <summary>Random histories of the whole engine on the simulated driver; see <see cref="Schedules"/> for more of them, or one again.</summary>
[TestClass]
public sealed class EngineScheduleTests
{
    [TestMethod]
    public async Task Whatever_happens_connections_live_or_are_reset_and_data_arrives_as_it_was_sent()
    {
        var failures = new ConcurrentDictionary<int, string>();
        await Parallel.ForEachAsync(Enumerable.Range(Schedules.Seed, Schedules.EngineCount), async (seed, _) =>
        {
            try
            {
                await EngineSchedule.RunAsync(seed);
            }
            catch (Exception e)
            {
                failures[seed] = e.Message;
            }
        });
        var shown = failures.OrderBy(failure => failure.Key).Take(3)
            .Select(failure => $"AKTODIVERT_SEED={failure.Key} AKTODIVERT_ENGINE_SCHEDULES=1: {failure.Value}");
        Assert.IsEmpty(failures, $"{failures.Count} of {Schedules.EngineCount} histories went wrong:\n{string.Join('\n', shown)}");
    }
}
