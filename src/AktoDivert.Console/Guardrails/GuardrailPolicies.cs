using System.Text.Json;
using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Wire;

namespace AktoDivert.Console.Guardrails;

/// <summary>Adds, changes and deletes guardrail policies; <see cref="ConsoleSettings.Policies"/> lists them.</summary>
internal sealed class GuardrailPolicies(SettingsStore settings, TimeProvider time)
{
    private const int LongestName = 100;
    private const int LongestDocument = 256 << 10;
    private const int MostPolicies = 500;

    /// <summary>Adds a policy, or changes an existing one.</summary>
    /// <param name="id">Id of an existing one; null makes a new one.</param>
    /// <param name="name">1 to 100 characters.</param>
    /// <param name="enabled">Whether it is in force.</param>
    /// <param name="document">A <see cref="Core.Guarding.Policies.GuardrailPolicy"/> as JSON; name, version and whether it is in force are set here.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<SettingsChange> PutAsync(string? id, string name, bool enabled, string document, Actor by, CancellationToken cancellation)
    {
        if (Fault(name, document) is { } fault)
        {
            return Task.FromResult(settings.Refused(fault));
        }

        return settings.ChangeAsync(
            by, "guardrail.put", $"{name}{(enabled ? "" : " (off)")}",
            async db =>
            {
                var row = id is null ? null : await db.GuardrailPolicies.FindAsync([id], cancellation);
                if (row is null)
                {
                    if (id is not null)
                    {
                        return [$"There is no policy {id}."];
                    }

                    if (settings.Current.Policies.Count >= MostPolicies)
                    {
                        return [$"There are {MostPolicies} policies already; delete some first."];
                    }

                    row = new GuardrailPolicyRow { Id = Guid.NewGuid().ToString("n"), Name = name, Document = document, UpdatedBy = by.Name };
                    db.GuardrailPolicies.Add(row);
                }

                if (settings.Current.Policies.Any(p => p.Id != row.Id && string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)))
                {
                    return [$"There is a policy named {name} already."];
                }

                (row.Name, row.Enabled, row.Document, row.Version) = (name, enabled, document, row.Version + 1);
                (row.UpdatedBy, row.UpdatedMs) = (by.Name, time.GetUtcNow().ToUnixTimeMilliseconds());
                return [];
            },
            cancellation);
    }

    /// <summary>Deletes a policy.</summary>
    public Task<SettingsChange> DeleteAsync(string id, Actor by, CancellationToken cancellation) => settings.ChangeAsync(
        by, "guardrail.delete", settings.Current.Policies.FirstOrDefault(p => p.Id == id)?.Name ?? id,
        async db =>
        {
            if (await db.GuardrailPolicies.FindAsync([id], cancellation) is not { } row)
            {
                return [$"There is no policy {id}."];
            }

            db.GuardrailPolicies.Remove(row);
            return [];
        },
        cancellation);

    /// <summary>What is wrong with a policy; null when nothing.</summary>
    internal static string? Fault(string name, string document)
    {
        if (name.Trim().Length is 0 or > LongestName)
        {
            return $"A policy's name has 1 to {LongestName} characters.";
        }

        if (document.Length > LongestDocument)
        {
            return $"The policy has {document.Length} characters; at most {LongestDocument} are possible.";
        }

        try
        {
            // By the agents' own compiler: what it refuses there would be saved here and be in force nowhere.
            return JsonSerializer.Deserialize(document, WireJson.Default.GuardrailPolicy) is { } policy
                ? GuardrailTrial.Check(policy with { Name = name }) is [var first, ..] ? first : null
                : "The policy must be a JSON object.";
        }
        catch (JsonException e)
        {
            return $"The policy cannot be read: {e.Message}";
        }
    }
}
