using System.Linq.Expressions;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Traffic;

/// <summary>Reads flows.</summary>
internal sealed class FlowQuery(IDbContextFactory<ConsoleDb> databases)
{
    /// <summary>Most flows in one answer.</summary>
    public const int MostAtOnce = 500;

    /// <summary>Where counting ends.</summary>
    public const int MostCounted = 10_000;

    private static readonly Dictionary<string, Expression<Func<FlowRow, object?>>> Columns = new(StringComparer.Ordinal)
    {
        [nameof(FlowRow.App)] = f => f.App,
        [nameof(FlowRow.Process)] = f => f.Process,
        [nameof(FlowRow.Host)] = f => f.Host,
        [nameof(FlowRow.Decrypt)] = f => f.Decrypt,
        [nameof(FlowRow.Rule)] = f => f.Rule,
        [nameof(FlowRow.BytesDown)] = f => f.BytesUp + f.BytesDown,
        [nameof(FlowRow.DurationMs)] = f => f.DurationMs,
        [nameof(FlowRow.Device)] = f => f.Device,
        [nameof(FlowRow.User)] = f => f.User,
        [nameof(FlowRow.Pid)] = f => f.Pid,
        [nameof(FlowRow.Protocol)] = f => f.Protocol,
        [nameof(FlowRow.End)] = f => f.End,
        [nameof(FlowRow.Destination)] = f => f.Destination,
    };

    /// <summary>Flows, those that began last first unless sorted otherwise.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="column">Name of a <see cref="FlowRow"/> property; anything else means the begin.</param>
    /// <param name="descending">Whether the largest comes first.</param>
    /// <param name="skip">Flows to leave out.</param>
    /// <param name="take">Flows to give, at most <see cref="MostAtOnce"/>.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<List<FlowRow>> ListAsync(FlowFilter filter, string column, bool descending, int skip, int take, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var by = Columns.GetValueOrDefault(column, f => f.StartedMs);
        var flows = filter.Apply(db.Flows.AsNoTracking());
        var sorted = descending ? flows.OrderByDescending(by) : flows.OrderBy(by);
        return await sorted.ThenByDescending(f => f.StartedMs).ThenBy(f => f.Id).Skip(Math.Max(skip, 0)).Take(Math.Clamp(take, 1, MostAtOnce)).ToListAsync(cancellation);
    }

    /// <summary>A flow, or null.</summary>
    public async Task<FlowRow?> FindAsync(string deviceId, long at, string id, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Flows.AsNoTracking().FirstOrDefaultAsync(f => f.DeviceId == deviceId && f.At == at && f.Id == id, cancellation);
    }

    /// <summary>How many flows a filter lets through; beyond <see cref="MostCounted"/> that number.</summary>
    public async Task<int> CountAsync(FlowFilter filter, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await filter.Apply(db.Flows.AsNoTracking()).Select(f => f.StartedMs).Take(MostCounted).CountAsync(cancellation);
    }

    /// <summary>How many flows of which app began when, among the newest.</summary>
    /// <param name="filter">Which flows.</param>
    /// <param name="within">Of that filter what narrows the time.</param>
    /// <param name="grainMs">To how many milliseconds.</param>
    /// <param name="most">Among how many of the newest.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<TimelineCounts> TimesAsync(FlowFilter filter, FlowFilter within, long grainMs, int most, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var left = await within.Apply(db.Flows).OrderByDescending(f => f.StartedMs).Skip(most)
            .Select(f => new { f.StartedMs, At = f.At > 0 ? f.At : f.ReceivedMs }).FirstOrDefaultAsync(cancellation);
        var narrowed = filter.Apply(db.Flows);
        var searched = left is null ? narrowed : narrowed.Where(f => f.StartedMs > left.StartedMs);
        return new TimelineCounts(
            await searched.GroupBy(f => new { Slot = (f.At > 0 ? f.At : f.ReceivedMs) / grainMs, App = f.App != "" ? f.App : f.Process })
                .Select(g => new TimelineCount(g.Key.Slot * grainMs, g.Key.App, g.Count())).ToListAsync(cancellation),
            left?.At);
    }
}
