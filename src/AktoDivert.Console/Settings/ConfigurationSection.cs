using System.Text.Json;
using System.Text.Json.Serialization;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Settings;

/// <summary>A part of the configuration as history keeps it: a line of JSON for each row, so that versions are compared line by line.</summary>
/// <param name="Name">As people read it.</param>
/// <param name="Lines">The lines of some settings.</param>
/// <param name="ReplaceAsync">Makes the stored rows what lines say.</param>
internal sealed record ConfigurationSection(
    string Name, Func<ConsoleSettings, IEnumerable<string>> Lines, Func<ConsoleDb, IReadOnlyList<string>, CancellationToken, Task> ReplaceAsync)
{
    /// <summary>Name of the option that holds <see cref="ConsoleSettings.Kept"/>.</summary>
    public const string KeptOption = "privacy.kept";

    /// <summary>Name of the option that holds <see cref="ConsoleSettings.Mode"/>.</summary>
    public const string ModeOption = "proxy.mode";

    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>All sections.</summary>
    public static readonly IReadOnlyList<ConfigurationSection> All =
    [
        Of("Proxy Patterns", s => s.Patterns.OrderBy(p => p.Pattern, StringComparer.Ordinal), db => db.ProxyPatterns),
        Of(
            "Proxy mode", s => s.Mode == ProxyMode.Listed ? [] : [new OptionRow { Name = ModeOption, Value = s.Mode.ToString() }], db => db.Options,
            db => db.Options.Where(o => o.Name == ModeOption)),
        Of("AI domains", s => s.Ai, db => db.Domains, db => db.Domains.Where(d => d.List == DomainList.Ai)),
        Of("Chatty domains", s => s.Chatty, db => db.Domains, db => db.Domains.Where(d => d.List == DomainList.Chatty)),
        Of("Learned passthrough", s => s.LearnedOverrides.OrderBy(o => (o.Process, o.Host)), db => db.LearnedOverrides),
        Of("Guardrails", s => s.Policies.OrderBy(p => p.Id, StringComparer.Ordinal), db => db.GuardrailPolicies),
        Of("Exceptions", s => s.Exceptions.OrderBy(e => e.Id, StringComparer.Ordinal), db => db.Exceptions),
        Of("Apps catalogue", s => s.Catalogue, db => db.CatalogueApps),
        Of("Updates", s => s.Rings is [{ Name: UpdateRingRow.Everyone, Version: "" }] ? [] : s.Rings, db => db.UpdateRings),
        Of("Apps", s => s.Apps, db => db.Apps),
        Of(
            "Privacy", s => [new OptionRow { Name = KeptOption, Value = s.Kept.ToString() }], db => db.Options,
            db => db.Options.Where(o => o.Name == KeptOption)),
    ];

    private static ConfigurationSection Of<T>(
        string name, Func<ConsoleSettings, IEnumerable<T>> rows, Func<ConsoleDb, DbSet<T>> table, Func<ConsoleDb, IQueryable<T>>? scope = null)
        where T : class => new(
        name,
        settings => rows(settings).Select(r => JsonSerializer.Serialize(r, Json)),
        async (db, lines, cancellation) =>
        {
            await (scope ?? table)(db).ExecuteDeleteAsync(cancellation);
            table(db).AddRange(lines.Select(l => JsonSerializer.Deserialize<T>(l, Json)!));
            await db.SaveChangesAsync(cancellation);
        });
}
