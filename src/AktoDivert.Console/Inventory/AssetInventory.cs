using AktoDivert.Console.Settings;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Guarding;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Inventory;

/// <summary>What was seen on the devices: apps, endpoints, tools, flows. Its cost depends on how many there are, not on how many calls.</summary>
internal sealed class AssetInventory(IDbContextFactory<ConsoleDb> databases, SettingsStore settings, TimeProvider time)
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
        var (policy, now) = (ToolPolicy.Of(settings.Current), time.GetUtcNow());
        return [.. rows.GroupBy(r => (r.Server, r.Tool)).Select(g => (Rows: g, Name: new McpToolName(g.Key.Server, g.Key.Tool))).Select(t => new ToolEntry(
            t.Name.Server, t.Name.Tool, Distinct(t.Rows.Select(r => r.App)), t.Rows.DistinctBy(r => r.DeviceId).Count(), t.Rows.Sum(r => r.Offered),
            t.Rows.Sum(r => r.Called), t.Rows.Min(r => r.FirstMs), t.Rows.Max(r => r.LastMs), policy.DecisionOn(t.Name), t.Name.Server.Length > 0 && policy.IsDenied(t.Name, now)))
            .OrderBy(t => t.Server, StringComparer.Ordinal).ThenBy(t => t.Tool, StringComparer.Ordinal)];
    }

    /// <summary>The MCP servers of tools, by name.</summary>
    public IReadOnlyList<ServerEntry> ServersOf(IReadOnlyList<ToolEntry> tools)
    {
        var policy = ToolPolicy.Of(settings.Current);
        return [.. tools.Where(t => t.Server.Length > 0).GroupBy(t => t.Server, StringComparer.Ordinal).Select(g => new ServerEntry(
            g.Key, g.Count(), Distinct(g.SelectMany(t => t.Apps)), g.Sum(t => t.Called), g.Max(t => t.LastMs), policy.DecisionOn(ToolPolicy.Server(g.Key))))];
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
