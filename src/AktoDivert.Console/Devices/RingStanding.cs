using AktoDivert.Console.Settings;

namespace AktoDivert.Console.Devices;

/// <summary>How far an update ring is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Tag">Tag of its devices; empty for every device that no other ring takes.</param>
/// <param name="Version">The version that they are to run; empty when any will do.</param>
/// <param name="Devices">How many devices are in it.</param>
/// <param name="Current">How many of them run the version.</param>
/// <param name="Due">How many run another one. Devices that never said theirs are in neither number.</param>
internal sealed record RingStanding(string Name, string Tag, string Version, int Devices, int Current, int Due)
{
    /// <summary>Each ring, in order.</summary>
    public static IReadOnlyList<RingStanding> Of(ConsoleSettings settings, IReadOnlyList<Device> devices)
    {
        var byRing = devices.ToLookup(d => d.Ring, StringComparer.Ordinal);
        return
        [
            .. settings.Rings.Select(r => new RingStanding(
                r.Name, r.Tag, r.Version, byRing[r.Name].Count(), byRing[r.Name].Count(d => r.Version.Length > 0 && d.AgentVersion == r.Version), byRing[r.Name].Count(d => d.IsDue))),
        ];
    }
}
