using System.Linq.Expressions;
using AktoDivert.Console.Audit;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Guarding;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Violations;

/// <summary>Reads violations and keeps what people say of them. Whoever changes something is an analyst at least; callers see to it.</summary>
internal sealed class ViolationStore(IDbContextFactory<ConsoleDb> databases, AuditLog audit, TimeProvider time)
{
    /// <summary>Most violations read or changed at once.</summary>
    public const int MostAtOnce = 500;

    /// <summary>Longest comment, in characters.</summary>
    public const int LongestComment = 4000;

    /// <summary>Violations that a filter lets through, newest first.</summary>
    public async Task<IReadOnlyList<ViolationRow>> ListAsync(ViolationFilter filter, int skip, int take, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await filter.Apply(db.Violations.AsNoTracking()).OrderByDescending(v => v.ReceivedMs).ThenBy(v => v.Id)
            .Skip(skip).Take(Math.Clamp(take, 1, MostAtOnce)).ToListAsync(cancellation);
    }

    /// <summary>How many violations a filter lets through.</summary>
    public async Task<int> CountAsync(ViolationFilter filter, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await filter.Apply(db.Violations).CountAsync(cancellation);
    }

    /// <summary>How many there are of each severity.</summary>
    public async Task<IReadOnlyDictionary<FindingSeverity, int>> BySeverityAsync(ViolationFilter filter, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await filter.Apply(db.Violations).GroupBy(v => v.Severity).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellation);
    }

    /// <summary>Who or what has most of them, most first.</summary>
    /// <param name="filter">Which violations.</param>
    /// <param name="of">What to count by; violations with an empty one are left out.</param>
    /// <param name="take">Most names.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IReadOnlyList<KeyValuePair<string, int>>> MostAsync(
        ViolationFilter filter, Expression<Func<ViolationRow, string>> of, int take, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var most = await filter.Apply(db.Violations).GroupBy(of).Where(g => g.Key != "").Select(g => new { g.Key, Count = g.Count() })
            .OrderByDescending(g => g.Count).ThenBy(g => g.Key).Take(take).ToListAsync(cancellation);
        return most.ConvertAll(g => KeyValuePair.Create(g.Key, g.Count));
    }

    /// <summary>A violation with its comments, oldest first; null when there is none.</summary>
    public async Task<(ViolationRow Violation, IReadOnlyList<ViolationCommentRow> Comments)?> FindAsync(string id, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Violations.AsNoTracking().FirstOrDefaultAsync(v => v.Id == id, cancellation) is { } violation
            ? (violation, await db.ViolationComments.AsNoTracking().Where(c => c.ViolationId == id).OrderBy(c => c.Id).ToListAsync(cancellation))
            : null;
    }

    /// <summary>Sets where violations stand.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> TriageAsync(IReadOnlyCollection<string> ids, TriageState state, Actor by, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await LoadAsync(db, ids, cancellation);
        foreach (var row in rows)
        {
            (row.State, row.TriagedMs) = (state, NowMs());
            audit.Add(db, by, "violation.triage", row.Id, state.ToString());
        }

        await db.SaveChangesAsync(cancellation);
        return rows.Count;
    }

    /// <summary>Assigns violations to a person; to nobody with an empty name.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> AssignAsync(IReadOnlyCollection<string> ids, string assignee, Actor by, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await LoadAsync(db, ids, cancellation);
        foreach (var row in rows)
        {
            (row.Assignee, row.TriagedMs) = (assignee, NowMs());
            audit.Add(db, by, "violation.assign", row.Id, assignee);
        }

        await db.SaveChangesAsync(cancellation);
        return rows.Count;
    }

    /// <summary>Adds a comment of 1 to 4000 characters.</summary>
    /// <returns>False when there is no such violation, or the text does not fit.</returns>
    public async Task<bool> CommentAsync(string id, string text, Actor by, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (text.Trim().Length is 0 or > LongestComment
            || await db.Violations.FirstOrDefaultAsync(v => v.Id == id, cancellation) is not { } violation)
        {
            return false;
        }

        db.ViolationComments.Add(new ViolationCommentRow
        {
            DeviceId = violation.DeviceId, ViolationId = id, AtMs = NowMs(), By = by.Name, Text = text.Trim(),
        });
        violation.TriagedMs = NowMs();
        audit.Add(db, by, "violation.comment", id);
        await db.SaveChangesAsync(cancellation);
        return true;
    }

    private static Task<List<ViolationRow>> LoadAsync(ConsoleDb db, IReadOnlyCollection<string> ids, CancellationToken cancellation) =>
        db.Violations.Where(v => ids.Contains(v.Id)).Take(MostAtOnce).ToListAsync(cancellation);

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
