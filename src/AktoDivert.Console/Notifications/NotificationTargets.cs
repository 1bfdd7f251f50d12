using AktoDivert.Console.Audit;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Notifications;

/// <summary>Where violations are announced.</summary>
internal sealed class NotificationTargets(IDbContextFactory<ConsoleDb> databases, AuditLog audit, ContentSeal seal)
{
    private const int MostTargets = 50;
    private const int LongestText = 1000;

    /// <summary>Raised after a change, on the thread that made it.</summary>
    public event Action? Changed;

    /// <summary>All targets, by name.</summary>
    public async Task<IReadOnlyList<NotificationTargetRow>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.NotificationTargets.AsNoTracking().OrderBy(t => t.Name).ToListAsync(cancellation);
    }

    /// <summary>Adds a target, or changes the one with its id.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> PutAsync(NotificationTargetDraft draft, Actor by, CancellationToken cancellation)
    {
        if (Fault(draft) is { } fault)
        {
            return fault;
        }

        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = draft.Id is null ? null : await db.NotificationTargets.FindAsync([draft.Id], cancellation);
        if (row is null)
        {
            if (draft.Id is not null || await db.NotificationTargets.CountAsync(cancellation) >= MostTargets)
            {
                return draft.Id is null ? $"There are {MostTargets} targets already; delete some first." : $"There is no target {draft.Id}.";
            }

            row = new NotificationTargetRow { Id = Guid.NewGuid().ToString("n"), Name = "", Address = "" };
            db.NotificationTargets.Add(row);
        }

        (row.Name, row.Kind, row.Address, row.Recipients) = (draft.Name.Trim(), draft.Kind, draft.Address, draft.Recipients);
        (row.From, row.Enabled, row.GroupSeconds, row.MostPerHour) = (draft.From, draft.Enabled, draft.GroupSeconds, draft.MostPerHour);
        row.SealedSecret = draft.Secret is { } secret ? seal.SealText(secret, row.Id) : row.SealedSecret;
        audit.Add(db, by, "notification.put", row.Name, $"{row.Kind} {row.Address}");
        await db.SaveChangesAsync(cancellation);
        Changed?.Invoke();
        return null;
    }

    /// <summary>Deletes a target; false when there is none.</summary>
    public async Task<bool> DeleteAsync(string id, Actor by, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.NotificationTargets.FindAsync([id], cancellation) is not { } row)
        {
            return false;
        }

        db.NotificationTargets.Remove(row);
        audit.Add(db, by, "notification.delete", row.Name);
        await db.SaveChangesAsync(cancellation);
        Changed?.Invoke();
        return true;
    }

    private static string? Fault(NotificationTargetDraft draft)
    {
        if (draft.Name.Trim().Length is 0 or > 100 || draft.Recipients.Length > LongestText || draft.Secret?.Length > LongestText)
        {
            return "A target has a name of 1 to 100 characters; recipients and secret have at most 1000.";
        }

        if (draft.GroupSeconds is < 0 or > 86_400 || draft.MostPerHour is < 1 or > 10_000)
        {
            return "Grouping takes 0 to 86400 seconds, and 1 to 10000 messages an hour are possible.";
        }

        string[] schemes = draft.Kind switch
        {
            NotificationKind.Webhook => ["https", "http"],
            NotificationKind.Syslog => ["udp", "tcp"],
            NotificationKind.Email => ["smtp", "smtps"],
            _ => [],
        };
        if (draft.Address.Length > LongestText || !Uri.TryCreate(draft.Address, UriKind.Absolute, out var address) || !schemes.Contains(address.Scheme))
        {
            return $"The address of a {draft.Kind} begins with {string.Join(" or ", schemes.Select(s => $"{s}://"))}.";
        }

        return draft.Kind == NotificationKind.Email && !draft.Recipients.Contains('@', StringComparison.Ordinal) ? "An e-mail needs recipients." : null;
    }
}
