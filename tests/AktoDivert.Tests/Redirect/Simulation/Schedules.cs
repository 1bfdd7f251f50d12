using System.Globalization;

namespace AktoDivert.Tests.Redirect.Simulation;

/// <summary>
/// How many random schedules run: 10,000 in CI, more by <c>./test.sh --schedules N</c>. One seed is one history: what fails prints its
/// seed, and <c>AKTODIVERT_SEED</c> with <c>AKTODIVERT_SCHEDULES=1</c> repeats exactly that one.
/// </summary>
internal static class Schedules
{
    /// <summary>Schedules of the flow table.</summary>
    internal static int Count { get; } = Read("AKTODIVERT_SCHEDULES", 10_000);

    /// <summary>Schedules of the whole engine, which take some forty times as long.</summary>
    internal static int EngineCount { get; } = Read("AKTODIVERT_ENGINE_SCHEDULES", 10_000);

    /// <summary>Seed of the first.</summary>
    internal static int Seed { get; } = Read("AKTODIVERT_SEED", 1);

    private static int Read(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
