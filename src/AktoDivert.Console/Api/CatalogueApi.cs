using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Core.Wire;

namespace AktoDivert.Console.Api;

/// <summary>The apps catalogue.</summary>
internal static class CatalogueApi
{
    public static void Map(RouteGroupBuilder catalogue)
    {
        catalogue.MapGet("", (SettingsStore settings) => AppsCatalogue.List(settings.Current)).WithSummary("Lists the apps, the organisation's own first");
        catalogue.MapPut("/{app}", async (string app, CatalogueBody body, Actor by, AppsCatalogue apps, CancellationToken cancellation) =>
        {
            var entry = new WireApp
            {
                Id = app, Redirect = body.Redirect, Name = body.Name, Selectors = body.Selectors, Hosts = body.Hosts, PassthroughHosts = body.PassthroughHosts,
            };
            return AppsCatalogue.Check(entry) is { Count: > 0 } faults
                ? Outcomes.Refused(faults.ToLookup(f => f.Field, f => f.Problem))
                : Outcomes.Of(await apps.PutAsync(entry, by, cancellation), "selectors");
        }).RequireAuthorization(Roles.Admin).WithSummary("Chooses whether a shipped app is redirected, or adds or changes an app of the organisation's own");
        catalogue.MapDelete("/{app}", async (string app, Actor by, AppsCatalogue apps, CancellationToken cancellation) =>
            await apps.DeleteAsync(app, by, cancellation) is { Applied: true } change ? Outcomes.Of(change, "app") : Outcomes.NoSuch($"app {app} of the organisation's, nor a choice about it"))
            .RequireAuthorization(Roles.Admin).WithSummary("Deletes an app of the organisation's own, or its choice about a shipped one");
        catalogue.MapPost("/reset", async (Actor by, AppsCatalogue apps, CancellationToken cancellation) =>
            Outcomes.Of(await apps.ResetAsync(by, cancellation), "catalogue"))
            .RequireAuthorization(Roles.Admin).WithSummary("Makes the catalogue what was shipped");
    }

    /// <summary>Body of an app.</summary>
    /// <param name="Redirect">Whether it is redirected; null by default.</param>
    /// <param name="Name">Name for people. It and what follows are for apps of the organisation's own.</param>
    /// <param name="Selectors">How its processes are recognised: <c>name acme-bot</c>, <c>path */acme/*</c>, <c>argument acme-bot.py</c>.</param>
    /// <param name="Hosts">Host patterns of its AI services.</param>
    /// <param name="PassthroughHosts">Host patterns that never work intercepted for it.</param>
    internal sealed record CatalogueBody(
        bool? Redirect = null, string? Name = null, IReadOnlyList<string>? Selectors = null, IReadOnlyList<string>? Hosts = null,
        IReadOnlyList<string>? PassthroughHosts = null);
}
