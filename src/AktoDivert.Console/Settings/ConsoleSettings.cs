using System.Globalization;
using System.Text.Json;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;
using AktoDivert.Core.Wire;

namespace AktoDivert.Console.Settings;

/// <summary>All settings at one version: immutable, replaced as a whole by <see cref="SettingsStore"/>. Lists are in the order shown.</summary>
internal sealed record ConsoleSettings(
    long Version,
    IReadOnlyList<ProxyPatternRow> Patterns,
    IReadOnlyList<DomainRow> Ai,
    IReadOnlyList<DomainRow> Chatty,
    IReadOnlyList<LearnedOverrideRow> LearnedOverrides)
{
    /// <summary>The update rings when nobody made any: all devices, any version.</summary>
    public static readonly IReadOnlyList<UpdateRingRow> OneRing = [new UpdateRingRow { Name = UpdateRingRow.Everyone }];

    /// <summary>Guardrail policies, by name.</summary>
    public IReadOnlyList<GuardrailPolicyRow> Policies { get; init; } = [];

    /// <summary>Exceptions from guardrails, newest first, expired ones included until retention deletes them.</summary>
    public IReadOnlyList<ExceptionRow> Exceptions { get; init; } = [];

    /// <summary>What the organisation says about apps of the catalogue, by id.</summary>
    public IReadOnlyList<CatalogueAppRow> Catalogue { get; init; } = [];

    /// <summary>Decisions about apps, by app.</summary>
    public IReadOnlyList<AppRow> Apps { get; init; } = [];

    /// <summary>Update rings in order; the last takes every device that no other does.</summary>
    public IReadOnlyList<UpdateRingRow> Rings { get; init; } = OneRing;

    /// <summary>How much devices intercept.</summary>
    public ProxyMode Mode { get; init; }

    /// <summary>How much of calls is kept whose app has no level of its own.</summary>
    public PrivacyLevel Kept { get; init; } = PrivacyLevel.Full;

    private IReadOnlyDictionary<string, AppRow>? _byApp;

    private IReadOnlyList<CatalogueApp>? _ownApps;
    private AccountSettings? _wire;
    private byte[]? _json;

    /// <summary>The settings as agents read them.</summary>
    public AccountSettings Wire => _wire ??= new AccountSettings
    {
        SwitchProxyMode = Mode != ProxyMode.Off,
        ProxyMode = JsonNamingPolicy.CamelCase.ConvertName(Mode.ToString()),
        MatchingPatternsForProxy = WirePatterns(),
        AiDomains = [.. Ai.Select(d => d.Domain)],
        ChattyDomains = [.. Chatty.Select(d => d.Domain)],
        Version = Version,
        LearnedOverrides = LearnedOverrides.Count == 0
            ? null
            : [.. LearnedOverrides.Select(o => new WireLearnedOverride(o.Process, o.Host, o.Action, o.AtSeconds))],
        Guardrails = [.. Policies.Select(WirePolicy)],
        Apps = [.. Catalogue.Select(WireAppOf)],
    };

    /// <summary><see cref="Wire"/> as JSON in UTF-8, made once for all streams.</summary>
    public ReadOnlyMemory<byte> Json => _json ??= JsonSerializer.SerializeToUtf8Bytes(Wire, WireJson.Default.AccountSettings);

    /// <summary>The apps of the organisation's own, by id.</summary>
    public IReadOnlyList<CatalogueApp> OwnApps => _ownApps ??= [.. Catalogue.Where(a => a.IsOwn).Select(a => AppDefinition.Read(WireAppOf(a), out _))];

    /// <summary>The rows of one domain list.</summary>
    public IReadOnlyList<DomainRow> Domains(DomainList list) => list == DomainList.Ai ? Ai : Chatty;

    /// <summary>The decision about an app; null when nobody decided.</summary>
    public AppRow? AppOf(string app) => (_byApp ??= Apps.ToDictionary(a => a.App, StringComparer.Ordinal)).GetValueOrDefault(app);

    /// <summary>The update ring of a device with some tags.</summary>
    public UpdateRingRow RingOf(IReadOnlyCollection<string> tags) =>
        Rings.FirstOrDefault(r => r.Tag.Length == 0 || tags.Contains(r.Tag, StringComparer.OrdinalIgnoreCase)) ?? Rings[^1];

    /// <summary>How much of an app's calls is kept.</summary>
    public PrivacyLevel KeptOf(string app) => AppOf(app)?.Kept ?? Kept;

    /// <summary>A policy with the exceptions that concern it, its own ones included.</summary>
    private GuardrailPolicy WirePolicy(GuardrailPolicyRow row)
    {
        var policy = JsonSerializer.Deserialize(row.Document, WireJson.Default.GuardrailPolicy)!;
        var added = Exceptions.Where(e => e.Policy.Length == 0 || e.Policy == row.Name).Select(e => new GuardrailException
        {
            Kind = e.Kind.ToString().ToLowerInvariant(),
            Value = e.Value,
            Expires = DateTimeOffset.FromUnixTimeMilliseconds(e.ExpiresMs).ToString("O", CultureInfo.InvariantCulture),
            Reason = e.Reason,
        });
        return policy with { Name = row.Name, Enabled = row.Enabled, Version = row.Version, Exceptions = [.. policy.Exceptions ?? [], .. added] };
    }

    private static WireApp WireAppOf(CatalogueAppRow row) => row.IsOwn
        ? new WireApp
        {
            Id = row.Id, Redirect = row.Redirect, Name = row.Name, Selectors = Lines(row.Selectors), Hosts = Lines(row.Hosts), PassthroughHosts = Lines(row.PassthroughHosts),
        }
        : new WireApp { Id = row.Id, Redirect = row.Redirect };

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Akto keys a pattern by its Java hash; two patterns with one hash would hide each other, so the second is keyed by its text.</summary>
    private Dictionary<string, WirePattern> WirePatterns()
    {
        var patterns = new Dictionary<string, WirePattern>(StringComparer.Ordinal);
        foreach (var row in Patterns)
        {
            var wire = new WirePattern { Pattern = row.Pattern, Mode = row.Intercept, AddedBy = row.AddedBy, UpdatedTs = row.UpdatedMs / 1000 };
            if (!patterns.TryAdd(JavaHash(row.Pattern), wire))
            {
                patterns[row.Pattern] = wire;
            }
        }

        return patterns;
    }

    private static string JavaHash(string text)
    {
        var hash = 0;
        foreach (var c in text)
        {
            hash = unchecked((31 * hash) + c);
        }

        return hash.ToString(CultureInfo.InvariantCulture);
    }
}
