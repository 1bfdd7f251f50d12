using System.Collections.Concurrent;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Devices;

/// <summary>
/// Shares <see cref="DevicePresence"/> among the nodes of a database, so that each shows all devices. What a node that died had said is believed
/// no longer than a device may be silent.
/// </summary>
internal sealed partial class NodePresence(
    DevicePresence presence, IDbContextFactory<ConsoleDb> databases, TimeProvider time, ILogger<NodePresence> logger) : BackgroundService
{
    // Agents send a heartbeat every 30 seconds.
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(90);

    private readonly string _node = Guid.NewGuid().ToString("n");
    private readonly ConcurrentDictionary<string, bool> _changed = new(StringComparer.Ordinal);

    /// <summary>Takes over what the other nodes say.</summary>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var since = (time.GetUtcNow() - Believed).ToUnixTimeMilliseconds();
        var others = await db.Presences.AsNoTracking().Where(p => p.Node != _node && p.SeenMs >= since).ToListAsync(cancellation);
        presence.TakeOver(others.GroupBy(p => p.DeviceId).ToDictionary(
            g => g.Key,
            g => new DevicePresence.Entry(
                g.Sum(p => p.Streams), g.Max(p => p.Delivered), DateTimeOffset.FromUnixTimeMilliseconds(g.Max(p => p.SeenMs)))));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        presence.Touched += Note;
        try
        {
            using var timer = new PeriodicTimer(DevicePresence.Pace, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await WriteAsync(stoppingToken);
            }
        }
        finally
        {
            presence.Touched -= Note;
        }
    }

    private void Note(string deviceId) => _changed[deviceId] = true;

    private async Task WriteAsync(CancellationToken cancellation)
    {
        var devices = _changed.Keys.Order(StringComparer.Ordinal).ToList();
        if (devices.Count == 0)
        {
            return;
        }

        devices.ForEach(d => _changed.TryRemove(d, out _));
        var here = devices.ConvertAll(presence.Here);
        var (streams, delivered, seen) = (
            here.Select(e => e.Streams).ToArray(), here.Select(e => e.Delivered).ToArray(), here.Select(e => e.LastSeen.ToUnixTimeMilliseconds()).ToArray());
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO "Presences" ("DeviceId", "Node", "Streams", "Delivered", "SeenMs")
                SELECT d, {_node}, s, v, t FROM unnest({devices.ToArray()}, {streams}, {delivered}, {seen}) AS u(d, s, v, t)
                ON CONFLICT ("DeviceId", "Node") DO UPDATE SET "Streams" = excluded."Streams", "Delivered" = excluded."Delivered", "SeenMs" = excluded."SeenMs"
                """,
                cancellation);
            await db.AnnounceAsync(NodeChannel.Presence, cancellation);
            await transaction.CommitAsync(cancellation);
        }
        catch (System.Data.Common.DbException e)
        {
            devices.ForEach(Note);
            LogNotShared(e.Message);
        }
    }

    [LoggerMessage(5202, LogLevel.Warning, "The other nodes could not be told which devices are here; it is tried again: {Reason}")]
    private partial void LogNotShared(string reason);
}
