using System.Data.Common;
using System.Security.Cryptography;
using AktoDivert.Console.Calls;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Threading;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Forwarding;

/// <summary>
/// Forwards calls to one target, in their order and each at least once. The calls table is its spool: it remembers how far it came and goes on
/// from there, so a target that is slow or away costs nothing but its own lag, and no other target nor the ingestion notices. What retention
/// deletes meanwhile is lost to it, counted. Of several nodes one forwards at a time.
/// </summary>
internal sealed partial class CallForwarder(
    ICallTarget target, IDbContextFactory<ConsoleDb> databases, ContentSeal seal, CallFeed feed, TimeProvider time, ILogger<CallForwarder> logger)
    : BackgroundService
{
    /// <summary>Most calls in one message; Akto's own clients send as many.</summary>
    public const int MostAtOnce = 100;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);

    private readonly Pulse _arrived = new();
    private TimeSpan _pause = FirstPause;

    public override void Dispose()
    {
        _arrived.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        feed.Arrived += _arrived.Set;
        try
        {
            while (true)
            {
                var wait = await StepSafelyAsync(stoppingToken);
                if (wait > TimeSpan.Zero)
                {
                    await (wait == Idle ? _arrived.WaitAsync(wait, stoppingToken).AsTask() : Task.Delay(wait, time, stoppingToken));
                }
            }
        }
        finally
        {
            feed.Arrived -= _arrived.Set;
        }
    }

    private async Task<TimeSpan> StepSafelyAsync(CancellationToken cancellation)
    {
        try
        {
            return await StepAsync(cancellation);
        }
        catch (Exception e) when (e is DbException or HttpRequestException or IOException
            || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return await LaterAsync(new ForwardRefusal(e.Message), cancellation);
        }
    }

    /// <summary>Forwards the next calls.</summary>
    /// <returns>How long to wait before the next step.</returns>
    private async Task<TimeSpan> StepAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        // The row's lock is what keeps other nodes from forwarding the same calls; SQLite has but one node.
        var place = db.Database.IsNpgsql()
            ? await db.Sequences.FromSql($"""SELECT * FROM "Sequences" WHERE "Name" = {target.Name} FOR UPDATE SKIP LOCKED""").SingleOrDefaultAsync(cancellation)
            : await db.Sequences.SingleOrDefaultAsync(s => s.Name == target.Name, cancellation);
        if (place is null)
        {
            return await BeginAsync(db, cancellation) ? TimeSpan.Zero : Idle;
        }

        var calls = await db.Calls.AsNoTracking().Where(c => c.Seq > place.Last).OrderBy(c => c.Seq).Take(MostAtOnce).ToListAsync(cancellation);
        if (calls.Count == 0)
        {
            return Idle;
        }

        var refusal = await target.SendAsync(await WithContentAsync(db, calls, cancellation), cancellation);
        if (refusal is { IsFinal: false })
        {
            // The place stays; how it went is told when its lock is gone.
            await transaction.RollbackAsync(cancellation);
            return await LaterAsync(refusal, cancellation);
        }

        if (refusal is null)
        {
            await db.Forwards.Where(f => f.Name == target.Name).ExecuteUpdateAsync(
                u => u.SetProperty(f => f.ForwardedMs, time.GetUtcNow().ToUnixTimeMilliseconds()).SetProperty(f => f.LastError, ""), cancellation);
        }
        else
        {
            LogPassedOver(calls.Count, target.Name, refusal.Reason);
            await db.Forwards.Where(f => f.Name == target.Name).ExecuteUpdateAsync(
                u => u.SetProperty(f => f.Lost, f => f.Lost + calls.Count).SetProperty(f => f.LastError, $"refused for good: {refusal.Reason}"), cancellation);
        }

        _pause = FirstPause;
        place.Last = calls[^1].Seq;
        db.Update(place);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return calls.Count == MostAtOnce ? TimeSpan.Zero : Idle;
    }

    /// <summary>Makes the target's place at the newest call: a target that is added gets what comes, not what was. False when another node holds it.</summary>
    private async Task<bool> BeginAsync(ConsoleDb db, CancellationToken cancellation)
    {
        if (await db.Sequences.AnyAsync(s => s.Name == target.Name, cancellation))
        {
            return false;
        }

        await db.Database.ExecuteSqlAsync(
            $"""INSERT INTO "Sequences" ("Name", "Last") SELECT {target.Name}, "Last" FROM "Sequences" WHERE "Name" = {SequenceRow.Calls} ON CONFLICT DO NOTHING""",
            cancellation);
        await db.Database.ExecuteSqlAsync(
            $"""INSERT INTO "Forwards" ("Name", "Lost", "ForwardedMs", "LastError") VALUES ({target.Name}, 0, 0, '') ON CONFLICT DO NOTHING""", cancellation);
        await db.Database.CurrentTransaction!.CommitAsync(cancellation);
        return true;
    }

    private async Task<IReadOnlyList<(CallRow, CallContent?)>> WithContentAsync(ConsoleDb db, List<CallRow> calls, CancellationToken cancellation)
    {
        var (ids, from, to) = (calls.ConvertAll(c => c.Id), calls.Min(c => c.At), calls.Max(c => c.At));
        var contents = (await db.CallContents.AsNoTracking().Where(c => ids.Contains(c.Id) && c.At >= from && c.At <= to).ToListAsync(cancellation))
            .ToDictionary(c => (c.DeviceId, c.At, c.Id));
        return calls.ConvertAll(c => (c, contents.TryGetValue((c.DeviceId, c.At, c.Id), out var row) ? Open(row) : null));
    }

    private CallContent? Open(CallContentRow row)
    {
        try
        {
            return CallContent.From(SealedContent.Open(row.Sealed, seal, row.Id));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private async Task<TimeSpan> LaterAsync(ForwardRefusal refusal, CancellationToken cancellation)
    {
        LogLater(target.Name, refusal.Reason);
        await NoteAsync(refusal.Reason, cancellation);
        var pause = refusal.RetryAfter is { } asked && asked > TimeSpan.Zero ? asked : _pause * (0.75 + (Random.Shared.NextDouble() / 2));
        _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
        return TimeSpan.FromTicks(Math.Min(pause.Ticks, LongestPause.Ticks * 5));
    }

    private async Task NoteAsync(string error, CancellationToken cancellation)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            await db.Forwards.Where(f => f.Name == target.Name).ExecuteUpdateAsync(u => u.SetProperty(f => f.LastError, error), cancellation);
        }
        catch (DbException)
        {
            // The database is what is away; the log has it.
        }
    }

    [LoggerMessage(5401, LogLevel.Warning, "{Target} takes no calls now and is tried again: {Reason}")]
    private partial void LogLater(string target, string reason);

    [LoggerMessage(5402, LogLevel.Error, "{Calls} calls were not forwarded to {Target}, which refuses them for good: {Reason}")]
    private partial void LogPassedOver(int calls, string target, string reason);
}
