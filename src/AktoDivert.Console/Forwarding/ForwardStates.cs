using AktoDivert.Console.Audit;
using AktoDivert.Console.Hosting;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Forwarding;

/// <summary>Reads how forwarding to the targets goes, and counts what they lose to retention.</summary>
internal sealed class ForwardStates(IDbContextFactory<ConsoleDb> databases, ConsoleOptions options, AuditLog audit)
{
    /// <summary>Where counting what waits ends.</summary>
    public const int MostCounted = 100_000;

    private Dictionary<string, Uri> Configured => new (string Name, ForwardOptions? Target)[] { (AktoTarget.Place, options.ForwardToAkto), (OtlpTarget.Place, options.ForwardToOtlp) }
        .Where(t => t.Target is not null).ToDictionary(t => t.Name, t => t.Target!.Address, StringComparer.Ordinal);

    /// <summary>The configured targets and, until they are forgotten, those that were, by name.</summary>
    public async Task<IReadOnlyList<ForwardState>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var (states, configured) = (new List<ForwardState>(), Configured);
        var rows = await db.Forwards.AsNoTracking().ToDictionaryAsync(f => f.Name, cancellation);
        foreach (var name in configured.Keys.Union(rows.Keys).Order(StringComparer.Ordinal))
        {
            var place = await db.Sequences.AsNoTracking().FirstOrDefaultAsync(s => s.Name == name, cancellation);
            var waiting = place is null ? 0 : await db.Calls.Where(c => c.Seq > place.Last).Select(c => c.Seq).Take(MostCounted).CountAsync(cancellation);
            var row = rows.GetValueOrDefault(name) ?? new ForwardRow { Name = name };
            states.Add(new ForwardState(name, configured.GetValueOrDefault(name), waiting, row.Lost, row.ForwardedMs, row.LastError));
        }

        return states;
    }

    /// <summary>Forgets the place and the counts of a target that is no longer configured; if it is again, it begins with what comes then.</summary>
    /// <returns>Why nothing was forgotten; null when it was.</returns>
    public async Task<string?> ForgetAsync(string name, Actor by, CancellationToken cancellation)
    {
        if (Configured.ContainsKey(name))
        {
            return $"{name} is configured: start the console without it first.";
        }

        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (await db.Forwards.Where(f => f.Name == name).ExecuteDeleteAsync(cancellation) == 0)
        {
            return $"There is no target {name}.";
        }

        await db.Sequences.Where(s => s.Name == name).ExecuteDeleteAsync(cancellation);
        audit.Add(db, by, "forwarding.forget", name);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return null;
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
