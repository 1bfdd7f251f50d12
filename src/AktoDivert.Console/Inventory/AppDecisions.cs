using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Inventory;

/// <summary>Decides about apps: sanctioned, tolerated or banned, and how much of their calls is kept.</summary>
internal sealed class AppDecisions(SettingsStore settings, TimeProvider time)
{
    private const int LongestNote = 1000;
    private const int LongestApp = 255;
    private const int MostDays = 3650;

    /// <summary>Decides about an app.</summary>
    /// <param name="app">Catalogue id or process name.</param>
    /// <param name="decision">The decision.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<SettingsChange> DecideAsync(string app, AppDecision decision, Actor by, CancellationToken cancellation)
    {
        if (app.Length is 0 or > LongestApp || decision.Note.Length > LongestNote)
        {
            return Task.FromResult(settings.Refused($"An app is named by 1 to {LongestApp} characters, a note has at most {LongestNote}."));
        }

        if (decision.KeptDays is < 1 or > MostDays)
        {
            return Task.FromResult(settings.Refused($"Calls are kept for 1 to {MostDays} days; without a number as long as in general."));
        }

        var (state, note, kept, days) = decision;

        return settings.ChangeAsync(
            by, "app.decide", $"{app} {state}{(kept is null ? "" : $", keep {kept}")}{(days is null ? "" : $" for {days} days")}",
            async db =>
            {
                var row = await db.Apps.FindAsync([app], cancellation);
                if (row is null)
                {
                    row = new AppRow { App = app, UpdatedBy = "" };
                    db.Apps.Add(row);
                }

                (row.State, row.Note, row.Kept, row.KeptDays) = (state, note, kept, days);
                (row.UpdatedBy, row.UpdatedMs) = (by.Name, time.GetUtcNow().ToUnixTimeMilliseconds());
                return [];
            },
            cancellation);
    }
}
