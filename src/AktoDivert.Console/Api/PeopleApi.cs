using AktoDivert.Console.Audit;
using AktoDivert.Console.SignIn;

namespace AktoDivert.Console.Api;

/// <summary>People and roles, tokens for scripts, and the audit log: administrators only.</summary>
internal static class PeopleApi
{
    private const int DefaultLimit = 100;

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/people", async (People people, CancellationToken cancellation) => (await people.ListAsync(cancellation))
            .Select(p => new { p.Name, p.Role, p.Issuer, p.TotpInForce, p.Disabled, p.LastSignInMs })).WithSummary("Lists people");
        group.MapPost("/people", async (PersonEntry entry, Actor by, People people, CancellationToken cancellation) =>
            Outcomes.Of(await people.AddAsync(entry.Name, entry.Role, entry.Password, by, cancellation), "person")).WithSummary("Adds a person");
        group.MapPut("/people/{name}", async (string name, AccessEntry entry, Actor by, People people, CancellationToken cancellation) =>
            Outcomes.Of(await people.SetAccessAsync(name, entry.Role, entry.Disabled, by, cancellation), "person")).WithSummary("Sets a person's role");
        group.MapDelete("/people/{name}", async (string name, Actor by, People people, CancellationToken cancellation) =>
            Outcomes.Of(await people.DeleteAsync(name, by, cancellation), "person")).WithSummary("Removes a person");
        group.MapDelete("/people/{name}/authenticator", async (string name, Actor by, SecondFactor factor, CancellationToken cancellation) =>
            Outcomes.Of(await factor.RemoveAsync(name, by, cancellation), $"person {name} with an authenticator app"))
            .WithSummary("Takes away a person's authenticator app, for who lost it");
        group.MapGet("/tokens", async (AccessTokens tokens, CancellationToken cancellation) => (await tokens.ForScriptsAsync(cancellation))
            .Select(t => new { t.Hash, t.Name, t.Role, t.CreatedBy, t.CreatedMs, t.ExpiresMs })).WithSummary("Lists tokens for scripts");
        group.MapPost("/tokens", async (TokenEntry entry, Actor by, AccessTokens tokens, CancellationToken cancellation) =>
        {
            var (token, error) = await tokens.IssueForScriptsAsync(
                entry.Name, entry.Role, entry.LifetimeDays is { } days ? TimeSpan.FromDays(Math.Min(days, 36_500)) : null, by, cancellation);
            return token is null ? Outcomes.Refused("token", error!) : Results.Ok(new { token });
        }).WithSummary("Makes a token for scripts; it is shown once");
        group.MapDelete("/tokens/{hash}", async (string hash, Actor by, AccessTokens tokens, CancellationToken cancellation) =>
            Outcomes.Of(await tokens.RevokeAsync(hash, by, cancellation), $"token {hash}")).WithSummary("Ends a token for scripts");
        group.MapGet("/audit", async (
            AuditLog audit, CancellationToken cancellation, string who = "", string action = "", string target = "", long since = 0, int skip = 0,
            int limit = DefaultLimit) =>
            await audit.ListAsync(new AuditFilter(who, action, target, since), Math.Max(skip, 0), limit, cancellation)).WithSummary("Lists the audit log");
    }

    /// <summary>Body of a new person.</summary>
    internal sealed record PersonEntry(string Name, string Role, string Password);

    /// <summary>Body of a person's role.</summary>
    internal sealed record AccessEntry(string Role, bool Disabled = false);

    /// <summary>Body of a new token; without a lifetime it never expires.</summary>
    internal sealed record TokenEntry(string Name, string Role, double? LifetimeDays = null);
}
