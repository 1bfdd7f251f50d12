using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Core.Policy;

namespace AktoDivert.Console.Api;

/// <summary>Proxy Patterns.</summary>
internal static class PatternsApi
{
    public static void Map(RouteGroupBuilder patterns)
    {
        patterns.MapGet("", (SettingsStore settings) => settings.Current.Wire.MatchingPatternsForProxy!.Values).WithSummary("Lists the patterns");
        patterns.MapGet("/mode", (SettingsStore settings) => new ModeEntry(settings.Current.Mode)).WithSummary("How much devices intercept");
        patterns.MapPut("/mode", async (ModeEntry entry, Actor by, SettingsStore settings, CancellationToken cancellation) =>
            Outcomes.Of(await settings.SetModeAsync(entry.Mode, by, cancellation), "mode"))
            .RequireAuthorization(Roles.Admin).WithSummary("Sets how much devices intercept: Listed, AllExcept or Off");
        patterns.MapPost("", async (PatternEntry entry, Actor by, SettingsStore settings, CancellationToken cancellation) => Outcomes.Of(
            await settings.PutPatternAsync(entry.Pattern, entry.Mode, by, cancellation), "pattern"))
            .RequireAuthorization(Roles.Admin).WithSummary("Adds a pattern, or changes its mode");
        patterns.MapDelete("", async (string pattern, Actor by, SettingsStore settings, CancellationToken cancellation) =>
            await settings.DeletePatternAsync(pattern, by, cancellation) is { Applied: true } change
                ? Outcomes.Of(change, "pattern")
                : Outcomes.NoSuch($"pattern {pattern}"))
            .RequireAuthorization(Roles.Admin).WithSummary("Deletes a pattern");
    }

    /// <summary>Body of the mode.</summary>
    internal sealed record ModeEntry(ProxyMode Mode);
}
