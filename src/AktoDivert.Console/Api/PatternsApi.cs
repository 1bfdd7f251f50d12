using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;

namespace AktoDivert.Console.Api;

/// <summary>Proxy Patterns.</summary>
internal static class PatternsApi
{
    public static void Map(RouteGroupBuilder patterns)
    {
        patterns.MapGet("", (SettingsStore settings) => settings.Current.Wire.MatchingPatternsForProxy!.Values).WithSummary("Lists the patterns");
        patterns.MapPost("", async (PatternEntry entry, Actor by, SettingsStore settings, CancellationToken cancellation) => Outcomes.Of(
            await settings.PutPatternAsync(entry.Pattern, entry.Mode, by, cancellation), "pattern"))
            .RequireAuthorization(Roles.Admin).WithSummary("Adds a pattern, or changes its mode");
        patterns.MapDelete("", async (string pattern, Actor by, SettingsStore settings, CancellationToken cancellation) =>
            await settings.DeletePatternAsync(pattern, by, cancellation) is { Applied: true } change
                ? Outcomes.Of(change, "pattern")
                : Outcomes.NoSuch($"pattern {pattern}"))
            .RequireAuthorization(Roles.Admin).WithSummary("Deletes a pattern");
    }
}
