using System.Data.Common;
using AktoDivert.Console.Notifications;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Devices;

/// <summary>
/// Alerts of agents that somebody stopped and that did not come back. What waits stands in the database, so that a restart of the console loses none, and
/// of several nodes one alerts.
/// </summary>
internal sealed partial class DepartureWatch(
    IDbContextFactory<ConsoleDb> databases, NotificationQueue notifications, TimeProvider time, ILogger<DepartureWatch> logger) : BackgroundService
{
    /// <summary>How long an agent may be away: an upgrade stops and starts it.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    // While no console ran, agents may have come back; they say so within 30 seconds.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(90);

    /// <summary>Alerts of the agents that are away for too long.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow();
        var latest = (now - Grace).ToUnixTimeMilliseconds();
        var away = await db.Devices.AsNoTracking().Where(d => d.LeftMs > 0 && d.LeftMs <= latest && d.RetiredMs == 0).ToListAsync(cancellation);
        foreach (var device in away)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            // Whoever takes it out alerts; another node that looks at the same time waits here, and then finds nothing.
            if (await db.Devices.Where(d => d.Id == device.Id && d.LeftMs == device.LeftMs).ExecuteUpdateAsync(u => u.SetProperty(d => d.LeftMs, 0), cancellation) == 1)
            {
                var alert = DeviceAlerts.OfDeparture(device, now.ToUnixTimeMilliseconds());
                db.Violations.Add(alert);
                await db.SaveChangesAsync(cancellation);
                await transaction.CommitAsync(cancellation);
                notifications.Add([alert]);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(Settling, time, stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception e) when (e is DbException or DbUpdateException)
            {
                LogFailed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(5203, LogLevel.Warning, "Looking for agents that were stopped failed; it is tried again.")]
    private partial void LogFailed(Exception fault);
}
