using System.Text.Json;
using AktoDivert.Console.Guardrails;
using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Api;

/// <summary>Guardrail policies.</summary>
internal static class GuardrailsApi
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("", (SettingsStore settings) => settings.Current.Policies.Select(Show)).WithSummary("Lists the policies");
        group.MapPost("", async (PolicyEntry entry, Actor by, GuardrailPolicies policies, CancellationToken cancellation) => Outcomes.Of(
            await policies.PutAsync(null, entry.Name, entry.Enabled, entry.Document.GetRawText(), by, cancellation), "policy"))
            .RequireAuthorization(Roles.Admin).WithSummary("Adds a policy");
        group.MapPut("/{id}", async (string id, PolicyEntry entry, Actor by, GuardrailPolicies policies, CancellationToken cancellation) => Outcomes.Of(
            await policies.PutAsync(id, entry.Name, entry.Enabled, entry.Document.GetRawText(), by, cancellation), "policy"))
            .RequireAuthorization(Roles.Admin).WithSummary("Changes a policy");
        group.MapDelete("/{id}", async (string id, Actor by, GuardrailPolicies policies, CancellationToken cancellation) => Outcomes.Of(
            await policies.DeleteAsync(id, by, cancellation), "policy")).RequireAuthorization(Roles.Admin).WithSummary("Deletes a policy");
    }

    private static PolicyEntry Show(GuardrailPolicyRow row) => new(row.Name, row.Enabled, JsonSerializer.Deserialize<JsonElement>(row.Document))
    {
        Id = row.Id, Version = row.Version, UpdatedBy = row.UpdatedBy, UpdatedMs = row.UpdatedMs,
    };

    /// <summary>A policy; what is not in the body of a change is read only.</summary>
    internal sealed record PolicyEntry(string Name, bool Enabled, JsonElement Document)
    {
        public string Id { get; init; } = "";

        public int Version { get; init; }

        public string UpdatedBy { get; init; } = "";

        public long UpdatedMs { get; init; }
    }
}
