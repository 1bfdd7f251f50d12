using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Audit;

/// <summary>Who changed or looked at what. Entries are only added; retention deletes the oldest.</summary>
internal sealed class AuditLog(IDbContextFactory<ConsoleDb> databases, TimeProvider time)
{
    /// <summary>Most entries read at once.</summary>
    public const int MostAtOnce = 500;

    private const int LongestText = 2000;

    /// <summary>Adds an entry to a unit of work, so that it is stored with what it tells of or not at all.</summary>
    public void Add(ConsoleDb db, Actor by, string action, string target = "", string detail = "") => db.AuditEntries.Add(new AuditEntryRow
    {
        AtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        Who = by.Name,
        Role = by.Role,
        Address = by.Address,
        Action = action,
        Target = Short(target),
        Detail = Short(detail),
    });

    /// <summary>Adds an entry by itself.</summary>
    public async Task WriteAsync(Actor by, string action, string target, CancellationToken cancellation, string detail = "")
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        Add(db, by, action, target, detail);
        await db.SaveChangesAsync(cancellation);
    }

    /// <summary>Entries that a filter lets through, newest first.</summary>
    public async Task<IReadOnlyList<AuditEntryRow>> ListAsync(AuditFilter filter, int skip, int take, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await filter.Apply(db.AuditEntries.AsNoTracking()).OrderByDescending(a => a.Id).Skip(skip)
            .Take(Math.Clamp(take, 1, MostAtOnce)).ToListAsync(cancellation);
    }

    /// <summary>How many entries a filter lets through.</summary>
    public async Task<int> CountAsync(AuditFilter filter, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await filter.Apply(db.AuditEntries).CountAsync(cancellation);
    }

    private static string Short(string text) => text.Length <= LongestText ? text : string.Concat(text.AsSpan(0, LongestText - 1), "…");
}
