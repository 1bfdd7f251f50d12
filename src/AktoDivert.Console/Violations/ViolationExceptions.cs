using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Violations;

/// <summary>Lets things pass guardrails until a date; <see cref="ConsoleSettings.Exceptions"/> lists them.</summary>
internal sealed class ViolationExceptions(SettingsStore settings, TimeProvider time)
{
    /// <summary>The longest that an exception may last.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    private const int LongestValue = 1000;
    private const int MostExceptions = 5000;

    /// <summary>Adds an exception.</summary>
    public Task<SettingsChange> AddAsync(ExceptionDraft draft, Actor by, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (Fault(draft, now) is { } fault)
        {
            return Task.FromResult(settings.Refused(fault));
        }

        return settings.ChangeAsync(
            by, "exception.add", $"{draft.Kind} {draft.Value} until {draft.Expires:yyyy-MM-dd HH:mm}",
            db =>
            {
                if (settings.Current.Exceptions.Count >= MostExceptions)
                {
                    return Task.FromResult<IReadOnlyList<string>>([$"There are {MostExceptions} exceptions already; delete some first."]);
                }

                db.Exceptions.Add(new ExceptionRow
                {
                    Id = Guid.NewGuid().ToString("n"),
                    Kind = draft.Kind,
                    Value = draft.Value,
                    Policy = draft.Policy,
                    Reason = draft.Reason,
                    AddedBy = by.Name,
                    AddedMs = now.ToUnixTimeMilliseconds(),
                    ExpiresMs = draft.Expires.ToUnixTimeMilliseconds(),
                    ViolationId = draft.ViolationId,
                });
                return Task.FromResult<IReadOnlyList<string>>([]);
            },
            cancellation);
    }

    /// <summary>Ends an exception.</summary>
    public Task<SettingsChange> DeleteAsync(string id, Actor by, CancellationToken cancellation) => settings.ChangeAsync(
        by, "exception.delete", id,
        async db =>
        {
            if (await db.Exceptions.FindAsync([id], cancellation) is not { } row)
            {
                return [$"There is no exception {id}."];
            }

            db.Exceptions.Remove(row);
            return [];
        },
        cancellation);

    private static string? Fault(ExceptionDraft draft, DateTimeOffset now)
    {
        if (!Enum.IsDefined(draft.Kind) || draft.Value.Trim().Length is 0 or > LongestValue || draft.Reason.Length > LongestValue)
        {
            return $"An exception names what it is for in 1 to {LongestValue} characters, with a reason of at most as many.";
        }

        return draft.Expires <= now || draft.Expires > now + Longest
            ? $"An exception ends in the future and within {Longest.TotalDays:0} days."
            : null;
    }
}
