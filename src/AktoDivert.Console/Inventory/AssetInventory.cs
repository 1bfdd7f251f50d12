using AktoDivert.Console.Settings;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Inventory;

/// <summary>What was seen on the devices: apps, endpoints, tools, flows. Its cost depends on how many there are, not on how many calls.</summary>
internal sealed class AssetInventory(IDbContextFactory<ConsoleDb> databases, SettingsStore settings)
{
    /// <summary>Most sightings read for one list.</summary>
    public const int MostSightings = 100_000;

    /// <summary>Apps, those with most calls first.</summary>
    public async Task<IReadOnlyList<AppEntry>> AppsAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.AppSightings.AsNoTracking().OrderByDescending(r => r.LastMs).Take(MostSightings).ToListAsync(cancellation);
        return [.. rows.GroupBy(r => r.App).Select(g => new AppEntry(
            g.Key, Distinct(g.Select(r => r.Process)), Distinct(g.Select(r => r.Version)), g.MaxBy(r => r.LastMs)!.Publisher,
            g.DistinctBy(r => r.DeviceId).Count(), Distinct(g.Select(r => r.User)).Count, g.Sum(r => r.Calls), g.Sum(r => r.Bytes),
            g.Sum(r => r.Tokens), g.Sum(r => r.Findings), g.Min(r => r.FirstMs), g.Max(r => r.LastMs), settings.Current.AppOf(g.Key)))
            .OrderByDescending(a => a.Calls)];
    }

    /// <summary>Endpoints, those with most calls first.</summary>
    public async Task<IReadOnlyList<EndpointEntry>> EndpointsAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.EndpointSightings.AsNoTracking().OrderByDescending(r => r.LastMs).Take(MostSightings).ToListAsync(cancellation);
        return [.. rows.GroupBy(r => (r.Host, r.PathFamily)).Select(g => new EndpointEntry(
            g.Key.Host, g.Key.PathFamily, g.MaxBy(r => r.LastMs)!.Provider, Distinct(g.Select(r => r.Model)), Distinct(g.Select(r => r.App)),
            Distinct(g.Select(r => r.User)), g.DistinctBy(r => r.DeviceId).Count(), g.Sum(r => r.Calls), g.Sum(r => r.Bytes),
            g.Sum(r => r.Findings), g.Min(r => r.FirstMs), g.Max(r => r.LastMs)))
            .OrderByDescending(e => e.Calls)];
    }

    /// <summary>Tools, by server and name.</summary>
    public async Task<IReadOnlyList<ToolEntry>> ToolsAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.ToolSightings.AsNoTracking().OrderByDescending(r => r.LastMs).Take(MostSightings).ToListAsync(cancellation);
        return [.. rows.GroupBy(r => (r.Server, r.Tool)).Select(g => new ToolEntry(
            g.Key.Server, g.Key.Tool, Distinct(g.Select(r => r.App)), g.DistinctBy(r => r.DeviceId).Count(), g.Sum(r => r.Offered),
            g.Sum(r => r.Called), g.Min(r => r.FirstMs), g.Max(r => r.LastMs)))
            .OrderBy(t => t.Server, StringComparer.Ordinal).ThenBy(t => t.Tool, StringComparer.Ordinal)];
    }

    /// <summary>Flows since a time, hour by hour, newest hour first.</summary>
    public async Task<IReadOnlyList<TrafficRow>> TrafficAsync(long sinceMs, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Traffic.AsNoTracking().Where(t => t.HourMs >= sinceMs).OrderByDescending(t => t.HourMs).Take(MostSightings).ToListAsync(cancellation);
    }

    private static List<string> Distinct(IEnumerable<string> values) =>
        [.. values.Where(v => v.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
