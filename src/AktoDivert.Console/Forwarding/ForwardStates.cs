using AktoDivert.Console.Hosting;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Forwarding;

/// <summary>Reads how forwarding to the configured targets goes, and counts what they lose to retention.</summary>
internal sealed class ForwardStates(IDbContextFactory<ConsoleDb> databases, ConsoleOptions options)
{
    /// <summary>Where counting what waits ends.</summary>
    public const int MostCounted = 100_000;

    /// <summary>The configured targets.</summary>
    public async Task<IReadOnlyList<ForwardState>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var states = new List<ForwardState>();
        foreach (var (name, target) in new[] { (AktoTarget.Place, options.ForwardToAkto), (OtlpTarget.Place, options.ForwardToOtlp) })
        {
            if (target is not null)
            {
                var place = await db.Sequences.AsNoTracking().FirstOrDefaultAsync(s => s.Name == name, cancellation);
                var waiting = place is null ? 0 : await db.Calls.Where(c => c.Seq > place.Last).Select(c => c.Seq).Take(MostCounted).CountAsync(cancellation);
                var row = await db.Forwards.AsNoTracking().FirstOrDefaultAsync(f => f.Name == name, cancellation) ?? new ForwardRow { Name = name };
                states.Add(new ForwardState(name, target.Address, waiting, row.Lost, row.ForwardedMs, row.LastError));
            }
        }

        return states;
    }

    /// <summary>Counts calls that are about to be deleted as lost to the targets that have not got them yet.</summary>
    public static async Task CountLostAsync(ConsoleDb db, IQueryable<CallRow> deleted, CancellationToken cancellation)
    {
        foreach (var place in await db.Sequences.AsNoTracking().Where(s => s.Name != SequenceRow.Calls).ToListAsync(cancellation))
        {
            if (await deleted.CountAsync(c => c.Seq > place.Last, cancellation) is > 0 and var lost)
            {
                await db.Forwards.Where(f => f.Name == place.Name).ExecuteUpdateAsync(u => u.SetProperty(f => f.Lost, f => f.Lost + lost), cancellation);
            }
        }
    }
}
