using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Overview;

/// <summary>The numbers of the start page. Costs grow with devices and hours, not with stored calls: ranges go through the calls' key.</summary>
internal sealed class OverviewQuery(IDbContextFactory<ConsoleDb> databases)
{
    private const long HourMs = 3_600_000;
    private const int MostNew = 8;

    /// <summary>Calls by hour and app since a moment.</summary>
    public async Task<IReadOnlyList<CallsPerHour>> CallsAsync(long sinceMs, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var devices = await db.Devices.Select(d => d.Id).ToListAsync(cancellation);
        var rows = await db.Calls.AsNoTracking().Where(c => devices.Contains(c.DeviceId) && c.At >= sinceMs)
            .GroupBy(c => new { Hour = c.At / HourMs, c.App, c.Process })
            .Select(g => new
            {
                g.Key.Hour, g.Key.App, g.Key.Process, Calls = g.LongCount(),
                Tokens = g.Sum(c => (c.InputTokens ?? 0) + (c.OutputTokens ?? 0)), Errors = g.Sum(c => c.Status >= 400 || c.Status == 0 ? 1 : 0),
            })
            .ToListAsync(cancellation);
        return [.. rows.GroupBy(r => (r.Hour, App: r.App.Length > 0 ? r.App : r.Process))
            .Select(g => new CallsPerHour(g.Key.Hour * HourMs, g.Key.App, g.Sum(r => r.Calls), g.Sum(r => r.Tokens), g.Sum(r => r.Errors)))];
    }

    /// <summary>Flows by how they were treated and by which rule since a moment.</summary>
    public async Task<IReadOnlyList<TrafficRow>> FlowsAsync(long sinceMs, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Traffic.AsNoTracking().Where(t => t.HourMs >= sinceMs - HourMs).GroupBy(t => new { t.Class, t.Rule })
            .Select(g => new TrafficRow { DeviceId = "", App = "", Process = "", Host = "", Class = g.Key.Class, Rule = g.Key.Rule, Flows = g.Sum(t => t.Flows) })
            .ToListAsync(cancellation);
    }

    /// <summary>Apps and hosts that were never seen before a moment, newest first.</summary>
    public async Task<(IReadOnlyList<Sighting> Apps, IReadOnlyList<Sighting> Hosts)> NewAsync(long sinceMs, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var apps = await db.AppSightings.AsNoTracking().Where(a => a.App != "").GroupBy(a => a.App)
            .Select(g => new { g.Key, First = g.Min(a => a.FirstMs), Calls = g.Sum(a => a.Calls) })
            .Where(a => a.First >= sinceMs).OrderByDescending(a => a.First).Take(MostNew).ToListAsync(cancellation);
        var hosts = await db.EndpointSightings.AsNoTracking().GroupBy(e => e.Host)
            .Select(g => new { g.Key, First = g.Min(e => e.FirstMs), Calls = g.Sum(e => e.Calls) })
            .Where(e => e.First >= sinceMs).OrderByDescending(e => e.First).Take(MostNew).ToListAsync(cancellation);
        return (apps.ConvertAll(a => new Sighting(a.Key, a.First, a.Calls)), hosts.ConvertAll(h => new Sighting(h.Key, h.First, h.Calls)));
    }
}
