using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Traffic;

/// <summary>
/// Stores flows in one transaction, new ones and those that went on, and keeps the sums by hour: what a flow added when it was last reported is
/// taken back before it is added as it is now.
/// </summary>
internal sealed class FlowCommit(IDbContextFactory<ConsoleDb> databases)
{
    private const long HourMs = 3_600_000;

    private static readonly SumTable<TrafficRow> Sums = new(
        "Traffic",
        new("DeviceId", SumRule.Key, t => t.DeviceId), new("HourMs", SumRule.Key, t => t.HourMs), new("App", SumRule.Key, t => t.App),
        new("Process", SumRule.Key, t => t.Process), new("Host", SumRule.Key, t => t.Host), new("Class", SumRule.Key, t => t.Class), new("Rule", SumRule.Key, t => t.Rule),
        new("Flows", SumRule.Add, t => t.Flows), new("BytesUp", SumRule.Add, t => t.BytesUp), new("BytesDown", SumRule.Add, t => t.BytesDown),
        new("LastMs", SumRule.Newest, t => t.LastMs));

    /// <summary>Stores flows; of several reports of one flow the last counts, and an end is never taken back.</summary>
    public async Task StoreAsync(IReadOnlyList<FlowRow> flows, CancellationToken cancellation)
    {
        var latest = flows.GroupBy(KeyOf).Select(g => g.LastOrDefault(f => f.EndedMs is not null) ?? g.Last()).ToList();
        if (latest.Count == 0)
        {
            return;
        }

        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var known = await KnownAsync(db, latest, cancellation);
        var sums = new Dictionary<SumKey, (long Flows, long Up, long Down)>();
        foreach (var flow in latest)
        {
            if (!known.TryGetValue(KeyOf(flow), out var before))
            {
                db.Flows.Add(flow);
            }
            else if (before.EndedMs is null || flow.EndedMs is not null)
            {
                Add(sums, before, -1);
                flow.ReceivedMs = before.ReceivedMs;
                db.Entry(before).CurrentValues.SetValues(flow);
            }
            else
            {
                continue;
            }

            Add(sums, flow, 1);
        }

        await db.SaveChangesAsync(cancellation);
        var now = latest.Max(f => f.ReceivedMs);
        await Sums.AddAsync(
            db,
            [.. sums.Where(s => s.Value != default).Select(s => new TrafficRow
            {
                DeviceId = s.Key.DeviceId, HourMs = s.Key.HourMs, App = s.Key.App, Process = s.Key.Process, Host = s.Key.Host, Class = s.Key.Class, Rule = s.Key.Rule,
                Flows = s.Value.Flows, BytesUp = s.Value.Up, BytesDown = s.Value.Down, LastMs = now,
            })],
            cancellation);
        await db.AnnounceAsync(NodeChannel.Flows, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task<Dictionary<(string DeviceId, long At, string Id), FlowRow>> KnownAsync(ConsoleDb db, List<FlowRow> flows, CancellationToken cancellation)
    {
        var (devices, ids, from, to) = (flows.Select(f => f.DeviceId).Distinct().ToList(), flows.ConvertAll(f => f.Id), flows.Min(f => f.At), flows.Max(f => f.At));
        var rows = await db.Flows.Where(f => devices.Contains(f.DeviceId) && f.At >= from && f.At <= to && ids.Contains(f.Id)).ToListAsync(cancellation);
        return rows.ToDictionary(KeyOf);
    }

    private static void Add(Dictionary<SumKey, (long Flows, long Up, long Down)> sums, FlowRow flow, int sign)
    {
        var key = new SumKey(flow.DeviceId, flow.ReceivedMs / HourMs * HourMs, flow.App, flow.Process, flow.Host, flow.Decrypt, flow.Rule);
        var (flows, up, down) = sums.GetValueOrDefault(key);
        sums[key] = (flows + sign, up + (sign * flow.BytesUp), down + (sign * flow.BytesDown));
    }

    private static (string DeviceId, long At, string Id) KeyOf(FlowRow flow) => (flow.DeviceId, flow.At, flow.Id);

    /// <summary>The key of <see cref="TrafficRow"/>.</summary>
    private readonly record struct SumKey(string DeviceId, long HourMs, string App, string Process, string Host, string Class, string Rule);
}
