using System.Security.Cryptography;
using AktoDivert.Console.Audit;
using AktoDivert.Console.Calls.Filtering;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using AktoDivert.Console.Traffic;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Calls;

/// <summary>Reads stored calls. Prompts are opened for those who may see content (<see cref="Actor.SeesContent"/>).</summary>
internal sealed class CallQuery(IDbContextFactory<ConsoleDb> databases, ContentSeal seal, CallValues values, AuditLog audit)
{
    /// <summary>Most calls read at once.</summary>
    public const int MostAtOnce = 500;

    /// <summary>Where counting ends: nobody turns so many pages, and counting on would cost more than it tells.</summary>
    public const int MostCounted = 10_000;

    /// <summary>The newest calls, newest first.</summary>
    public async Task<List<CallRow>> NewestAsync(CallFilter filter, int skip, int take, Actor who, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var narrowed = await NarrowAsync(db, filter, cancellation);
        var newest = NewestFirst(narrowed, IsGuessed(db, filter) ? await LimitedCountAsync(narrowed, cancellation) : MostCounted);
        return Open(await newest.Skip(skip).Take(Math.Clamp(take, 1, MostAtOnce)).ToListAsync(cancellation), who);
    }

    /// <summary>Calls in an order.</summary>
    /// <param name="filter">Which calls.</param>
    /// <param name="order">Their order.</param>
    /// <param name="count">What <see cref="CountAsync"/> said of the filter.</param>
    /// <param name="skip">Calls to leave out at the beginning.</param>
    /// <param name="take">Most calls, at most <see cref="MostAtOnce"/>.</param>
    /// <param name="who">Who reads them.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<List<CallRow>> ListAsync(CallFilter filter, CallOrder order, int count, int skip, int take, Actor who, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var narrowed = await NarrowAsync(db, filter, cancellation);
        var ordered = order.Follows ? NewestFirst(narrowed, IsGuessed(db, filter) ? count : MostCounted) : order.Apply(narrowed);
        return Open(await ordered.Skip(skip).Take(Math.Clamp(take, 1, MostAtOnce)).ToListAsync(cancellation), who);
    }

    /// <summary>Calls that arrived after <paramref name="seq"/>, oldest first: for scripts that follow.</summary>
    public async Task<List<CallRow>> AfterAsync(long seq, CallFilter filter, int take, Actor who, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return Open(
            await (await NarrowAsync(db, filter, cancellation)).Where(c => c.Seq > seq).OrderBy(c => c.Seq).Take(Math.Clamp(take, 1, MostAtOnce)).ToListAsync(cancellation), who);
    }

    /// <summary>
    /// What arrived after a call up to another, newest first and at most <paramref name="take"/>, and how many did: for pages that follow, at
    /// a cost that depends on the arrivals and not on what is stored.
    /// </summary>
    public async Task<(List<CallRow> Newest, int Count)> BetweenAsync(
        CallFilter filter, long after, long upTo, int take, Actor who, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var arrived = (await NarrowAsync(db, filter, cancellation)).Where(c => c.Seq > after && c.Seq <= upTo);
        return (Open(await arrived.OrderByDescending(c => c.Seq).Take(take).ToListAsync(cancellation), who), await arrived.CountAsync(cancellation));
    }

    /// <summary>The calls of a conversation, oldest first.</summary>
    public async Task<List<CallRow>> ConversationAsync(string conversation, int take, Actor who, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return Open(
            await db.Calls.AsNoTracking().Where(c => c.ConversationId == conversation).OrderBy(c => c.Seq).Take(Math.Clamp(take, 1, MostAtOnce))
                .ToListAsync(cancellation),
            who);
    }

    /// <summary>The last call's <see cref="CallRow.Seq"/>; 0 when there is none.</summary>
    public async Task<long> LastSeqAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Sequences.Where(s => s.Name == SequenceRow.Calls).Select(s => s.Last).FirstOrDefaultAsync(cancellation);
    }

    /// <summary>How many calls a filter lets through; beyond <see cref="MostCounted"/> that number.</summary>
    public async Task<int> CountAsync(CallFilter filter, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await LimitedCountAsync(await NarrowAsync(db, filter, cancellation), cancellation);
    }

    /// <summary>How many calls of which app began when: all where the filter finds few, else those among the newest.</summary>
    /// <param name="filter">Which calls.</param>
    /// <param name="within">Of that filter what narrows the time.</param>
    /// <param name="count">What <see cref="CountAsync"/> said of the filter.</param>
    /// <param name="grainMs">To how many milliseconds.</param>
    /// <param name="most">Among how many of the newest.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<TimelineCounts> TimesAsync(CallFilter filter, CallFilter within, int count, long grainMs, int most, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var narrowed = await NarrowAsync(db, filter, cancellation);
        // However many they find, terms are looked at for so many calls alone.
        var left = count < MostCounted
            ? null
            : await (await NarrowAsync(db, within, cancellation)).OrderByDescending(c => c.Seq).Skip(most)
                .Select(c => new { c.Seq, At = c.At > 0 ? c.At : c.ReceivedMs }).FirstOrDefaultAsync(cancellation);
        var searched = left is null ? narrowed : narrowed.Where(c => c.Seq > left.Seq);
        return new TimelineCounts(
            await searched.GroupBy(c => new { Slot = (c.At > 0 ? c.At : c.ReceivedMs) / grainMs, App = c.App != "" ? c.App : c.Process })
                .Select(g => new TimelineCount(g.Key.Slot * grainMs, g.Key.App, g.Count())).ToListAsync(cancellation),
            left?.At);
    }

    /// <summary>
    /// A call with its content, or null when there is none. The look is written to the audit log; the content is null when the actor may not
    /// see it, when none is kept, and when it was sealed with a key that is not here any more.
    /// </summary>
    public async Task<(CallRow Call, CallContent? Content)?> FindAsync(string id, Actor who, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Calls.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, cancellation) is not { } call)
        {
            return null;
        }

        Open([call], who);
        if (!who.SeesContent || await db.CallContents.AsNoTracking()
            .FirstOrDefaultAsync(c => c.DeviceId == call.DeviceId && c.At == call.At && c.Id == call.Id, cancellation) is not { } row)
        {
            return (call, null);
        }

        await audit.WriteAsync(who, "content.view", call.Id, cancellation, $"{call.App} {call.User} {call.Host}");
        try
        {
            return (call, CallContent.From(SealedContent.Open(row.Sealed, seal, call.Id)));
        }
        catch (CryptographicException)
        {
            return (call, null);
        }
    }

    /// <summary>Opens the prompts of rows that were read otherwise, if the actor may see them.</summary>
    public List<CallRow> Open(List<CallRow> calls, Actor who)
    {
        foreach (var call in who.SeesContent ? calls : [])
        {
            try
            {
                call.Prompt = seal.OpenText(call.SealedPrompt, call.Id);
            }
            catch (CryptographicException)
            {
                call.Prompt = "(sealed with another key)";
            }
        }

        return calls;
    }

    /// <summary>
    /// Few calls are found by the terms' indexes and then sorted, many by walking back from the newest. PostgreSQL guesses which it will be, often
    /// wrongly where terms stand together or in an expression; counting, which ends early, tells it.
    /// </summary>
    private static IQueryable<CallRow> NewestFirst(IQueryable<CallRow> narrowed, int count)
    {
        if (count == MostCounted)
        {
            return narrowed.OrderByDescending(c => c.Seq);
        }

        // No index is sorted by a sum.
        var nothing = 0L;
        return narrowed.OrderByDescending(c => c.Seq + nothing);
    }

    private static bool IsGuessed(ConsoleDb db, CallFilter filter) => filter.Terms.Count > 0 && db.Database.IsNpgsql();

    private static Task<int> LimitedCountAsync(IQueryable<CallRow> narrowed, CancellationToken cancellation) =>
        narrowed.Select(c => c.Seq).Take(MostCounted).CountAsync(cancellation);

    // The indexes over whole values are PostgreSQL's.
    private async Task<IQueryable<CallRow>> NarrowAsync(ConsoleDb db, CallFilter filter, CancellationToken cancellation)
    {
        if (filter.Terms.Count == 0 || !db.Database.IsNpgsql())
        {
            return filter.Apply(db.Calls.AsNoTracking(), seal);
        }

        await values.ReadAsync(cancellation);
        return filter.Apply(db.Calls.AsNoTracking(), seal, values);
    }
}
