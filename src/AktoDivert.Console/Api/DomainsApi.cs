using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Api;

/// <summary>The domain lists.</summary>
internal static class DomainsApi
{
    public static void Map(RouteGroupBuilder domains)
    {
        domains.MapGet("", (string list, SettingsStore settings) => TryList(list, out var parsed)
            ? Results.Ok(settings.Current.Domains(parsed).Select(d => new { d.Domain, d.AddedBy, d.AddedMs }))
            : NoSuchList(list)).WithSummary("Lists the domains");
        domains.MapPost("", async (string list, DomainEntries entries, Actor by, SettingsStore settings, CancellationToken cancellation) =>
            TryList(list, out var parsed)
                ? Outcomes.Of(await settings.AddDomainsAsync(parsed, entries.Domains, by, cancellation), "domains")
                : NoSuchList(list)).RequireAuthorization(Roles.Admin).WithSummary("Adds domains, all or none");
        domains.MapDelete("", async (string list, string domain, Actor by, SettingsStore settings, CancellationToken cancellation) =>
            TryList(list, out var parsed)
                ? Outcomes.Of(await settings.RemoveDomainsAsync(parsed, [domain], by, cancellation), "domain")
                : NoSuchList(list)).RequireAuthorization(Roles.Admin).WithSummary("Removes a domain");
        domains.MapPost("/reset", async (string list, Actor by, SettingsStore settings, CancellationToken cancellation) => TryList(list, out var parsed)
            ? Outcomes.Of(await settings.ResetDomainsAsync(parsed, by, cancellation), "list")
            : NoSuchList(list)).RequireAuthorization(Roles.Admin).WithSummary("Makes the list what was shipped");
    }

    private static bool TryList(string text, out DomainList list) => Enum.TryParse(text, ignoreCase: true, out list) && Enum.IsDefined(list);

    private static IResult NoSuchList(string list) => Outcomes.NoSuch($"domain list {list}: ai and chatty exist");
}
