using AktoDivert.Console.Forwarding;
using AktoDivert.Console.Inventory;
using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Api;

/// <summary>Learned passthroughs, privacy, decisions about apps, forward targets, and the history of all settings.</summary>
internal static class ConfigurationApi
{
    private const int DefaultLimit = 100;

    public static void Map(RouteGroupBuilder group)
    {
        group.MapPost("/learned/{action}", async (
            string action, LearnedPassthroughName name, Actor by, SettingsStore settings, CancellationToken cancellation) =>
            Enum.TryParse<LearnedAction>(action, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed)
                ? Outcomes.Of(await settings.OverrideLearnedAsync(name.Process, name.Host, parsed, by, cancellation), "learned")
                : Outcomes.NoSuch($"action {action}: clear and pin exist"))
            .RequireAuthorization(Roles.Admin).WithSummary("Clears or pins a learned passthrough on every device");
        group.MapGet("/privacy", (SettingsStore settings) => new PrivacyEntry(settings.Current.Kept)).WithSummary("How much of calls is kept");
        group.MapPut("/privacy", async (PrivacyEntry entry, Actor by, Privacy privacy, CancellationToken cancellation) =>
            Outcomes.Of(await privacy.SetKeptAsync(entry.Kept, by, cancellation), "kept"))
            .RequireAuthorization(Roles.Admin).WithSummary("Sets how much of calls is kept");
        group.MapPut("/apps/{app}", async (string app, AppDecision entry, Actor by, AppDecisions apps, CancellationToken cancellation) =>
            Outcomes.Of(await apps.DecideAsync(app, entry, by, cancellation), "app"))
            .RequireAuthorization(Roles.Admin).WithSummary("Decides about an app");
        group.MapGet("/forwarding", async (ForwardStates forwards, CancellationToken cancellation) => await forwards.ListAsync(cancellation))
            .WithSummary("Lists where calls are forwarded to, and how far it came");
        group.MapDelete("/forwarding/{target}", async (string target, Actor by, ForwardStates forwards, CancellationToken cancellation) =>
            Outcomes.Of(await forwards.ForgetAsync(target, by, cancellation), "target"))
            .RequireAuthorization(Roles.Admin).WithSummary("Forgets a target that is no longer configured");
        group.MapGet("/history", async (ConfigurationHistory history, CancellationToken cancellation, int skip = 0, int limit = DefaultLimit) =>
            await history.ListAsync(Math.Max(skip, 0), limit, cancellation)).WithSummary("Lists the versions of the configuration");
        group.MapGet("/history/{from:long}/{to:long}", async (long from, long to, ConfigurationHistory history, CancellationToken cancellation) =>
            await history.CompareAsync(from, to, cancellation) is { } differences
                ? Results.Ok(differences)
                : Outcomes.NoSuch($"version {from} or {to}")).WithSummary("Compares two versions");
        group.MapPost("/history/{version:long}/roll-back", async (long version, Actor by, ConfigurationHistory history, CancellationToken cancellation) =>
            Outcomes.Of(await history.RollBackAsync(version, by, cancellation), "version"))
            .RequireAuthorization(Roles.Admin).WithSummary("Makes the configuration what it was at a version");
    }

    /// <summary>Body of the privacy setting.</summary>
    internal sealed record PrivacyEntry(PrivacyLevel Kept);
}
