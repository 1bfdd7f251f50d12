using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Inventory;

/// <summary>Decides about apps: sanctioned, tolerated or banned, and how much of their calls is kept.</summary>
internal sealed class AppDecisions(SettingsStore settings, TimeProvider time)
{
    private const int LongestNote = 1000;
    private const int LongestApp = 255;

    /// <summary>Decides about an app.</summary>
    /// <param name="app">Catalogue id or process name.</param>
    /// <param name="state">The decision.</param>
    /// <param name="note">Why, for people; at most 1000 characters.</param>
    /// <param name="kept">How much of its calls is kept; null for the general level.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<SettingsChange> DecideAsync(string app, AppState state, string note, PrivacyLevel? kept, Actor by, CancellationToken cancellation)
    {
        if (app.Length is 0 or > LongestApp || note.Length > LongestNote)
        {
            return Task.FromResult(settings.Refused($"An app is named by 1 to {LongestApp} characters, a note has at most {LongestNote}."));
        }

        return settings.ChangeAsync(
            by, "app.decide", $"{app} {state}{(kept is null ? "" : $", keep {kept}")}",
            async db =>
            {
                var row = await db.Apps.FindAsync([app], cancellation);
                if (row is null)
                {
                    row = new AppRow { App = app, UpdatedBy = "" };
                    db.Apps.Add(row);
                }

                (row.State, row.Note, row.Kept) = (state, note, kept);
                (row.UpdatedBy, row.UpdatedMs) = (by.Name, time.GetUtcNow().ToUnixTimeMilliseconds());
                return [];
            },
            cancellation);
    }
}
