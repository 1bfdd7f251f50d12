using System.Data.Common;
using System.Linq.Expressions;
using AktoDivert.Console.Forwarding;
using AktoDivert.Console.Hosting;
using AktoDivert.Console.Settings;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AktoDivert.Console.Calls;

/// <summary>Deletes calls past the age or the count to keep, and expired tokens, in small steps so that writing goes on between them.</summary>
internal sealed partial class Retention(
    IDbContextFactory<ConsoleDb> databases, Partitions partitions, SettingsStore settings, ConsoleOptions options, TimeProvider time, ILogger<Retention> logger) : BackgroundService
{
    /// <summary>How long the audit log is kept.</summary>
    public static readonly TimeSpan AuditAge = TimeSpan.FromDays(400);

    /// <summary>How long single flows are kept at most.</summary>
    public static readonly TimeSpan FlowAge = TimeSpan.FromDays(7);

    private const int Step = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>Deletes what is due now.</summary>
    /// <returns>How many calls went.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow();
        await db.AccessTokens.Where(t => t.ExpiresMs <= now.ToUnixTimeMilliseconds()).ExecuteDeleteAsync(cancellation);
        var oldest = (now - options.RetentionAge).ToUnixTimeMilliseconds();
        var beyond = await db.Calls.OrderByDescending(c => c.Seq).Skip((int)Math.Min(options.RetentionCount, int.MaxValue))
            .Select(c => c.Seq).FirstOrDefaultAsync(cancellation);
        await DropPartitionsAsync(db, oldest, cancellation);
        var deleted = await DeleteAsync(db, c => c.Seq <= beyond || c.ReceivedMs < oldest, cancellation);
        foreach (var app in settings.Current.Apps.Where(a => a.KeptDays is not null))
        {
            var (name, before) = (app.App, (now - TimeSpan.FromDays(app.KeptDays!.Value)).ToUnixTimeMilliseconds());
            deleted += await DeleteAsync(db, c => c.ReceivedMs < before && (c.App == name || (c.App == "" && c.Process == name)), cancellation);
            await db.Violations.Where(v => v.ReceivedMs < before && (v.App == name || (v.App == "" && v.Process == name))).ExecuteDeleteAsync(cancellation);
        }

        await db.Violations.Where(v => v.ReceivedMs < oldest).ExecuteDeleteAsync(cancellation);
        // Single flows serve to look into what happened; the sums by hour stay as long as calls.
        var oldestFlow = Math.Max(oldest, (now - FlowAge).ToUnixTimeMilliseconds());
        await db.Flows.Where(f => f.ReceivedMs < oldestFlow).ExecuteDeleteAsync(cancellation);
        await db.Traffic.Where(t => t.HourMs < oldest).ExecuteDeleteAsync(cancellation);
        await db.AuditEntries.Where(a => a.AtMs < (now - AuditAge).ToUnixTimeMilliseconds()).ExecuteDeleteAsync(cancellation);
        return deleted;
    }

    /// <summary>A day all of whose calls are too old goes at the cost of removing a file.</summary>
    private async Task DropPartitionsAsync(ConsoleDb db, long oldest, CancellationToken cancellation)
    {
        if (db.Database.IsNpgsql())
        {
            var end = oldest / Partitions.Day * Partitions.Day;
            await ForwardStates.CountLostAsync(db, db.Calls.Where(c => c.At > 0 && c.At < end), cancellation);
            await db.Database.OpenConnectionAsync(cancellation);
            var days = await partitions.DropBeforeAsync((NpgsqlConnection)db.Database.GetDbConnection(), oldest / Partitions.Day, cancellation);
            if (days > 0)
            {
                LogDropped(days);
            }
        }
    }

    private static async Task<int> DeleteAsync(ConsoleDb db, Expression<Func<CallRow, bool>> isDue, CancellationToken cancellation)
    {
        var deleted = 0;
        for (var step = Step; step == Step; deleted += step)
        {
            step = await StepAsync(db, isDue, cancellation);
        }

        return deleted;
    }

    private static async Task<int> StepAsync(ConsoleDb db, Expression<Func<CallRow, bool>> isDue, CancellationToken cancellation)
    {
        var due = await db.Calls.AsNoTracking().Where(isDue).OrderBy(c => c.Seq).Take(Step)
            .Select(c => new { c.DeviceId, c.At, c.Id, c.Seq }).ToListAsync(cancellation);
        if (due.Count == 0)
        {
            return 0;
        }

        var (ids, from, to) = (due.ConvertAll(c => c.Id), due.Min(c => c.At), due.Max(c => c.At));
        var devices = due.Select(c => c.DeviceId).Distinct().ToList();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.CallContents.Where(c => c.At >= from && c.At <= to && ids.Contains(c.Id) && devices.Contains(c.DeviceId)).ExecuteDeleteAsync(cancellation);
        var last = due[^1].Seq;
        var calls = db.Calls.Where(isDue).Where(c => c.Seq <= last);
        await ForwardStates.CountLostAsync(db, calls, cancellation);
        await calls.ExecuteDeleteAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return due.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                if (await SweepAsync(stoppingToken) is > 0 and var deleted)
                {
                    LogSwept(deleted);
                }
            }
            catch (DbException e)
            {
                LogSweepFailed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(5002, LogLevel.Information, "Deleted {Calls} calls past their retention.")]
    private partial void LogSwept(int calls);

    [LoggerMessage(5004, LogLevel.Information, "Dropped the partitions of {Days} days past their retention.")]
    private partial void LogDropped(int days);

    [LoggerMessage(5003, LogLevel.Warning, "Deleting old calls failed; it is tried again in ten minutes.")]
    private partial void LogSweepFailed(Exception fault);
}
