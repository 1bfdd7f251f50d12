using AktoDivert.Console.Audit;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Policy;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Settings;

/// <summary>
/// The one way to change settings: validates, stores, raises the version and announces the result, one change at a time.
/// Reading <see cref="Current"/> costs nothing and never touches the database.
/// </summary>
internal sealed class SettingsStore(IDbContextFactory<ConsoleDb> databases, AuditLog audit, TimeProvider time) : IDisposable
{
    /// <summary>Most patterns.</summary>
    public const int MostPatterns = 10_000;

    /// <summary>Most entries of one domain list.</summary>
    public const int MostDomains = 100_000;

    private const int MostNamed = 20;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private ConsoleSettings _current = new(0, [], [], [], []);

    /// <summary>Raised after a change is in force, on the thread that made it.</summary>
    public event Action<ConsoleSettings>? Changed;

    /// <summary>The settings in force.</summary>
    public ConsoleSettings Current => Volatile.Read(ref _current);

    /// <summary>Reads the stored settings; fills the domain lists with the shipped ones at the very first start.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (!await db.SettingsVersion.AnyAsync(cancellation))
        {
            db.SettingsVersion.Add(new SettingsVersionRow { Version = 1 });
            db.Domains.AddRange(Shipped(DomainList.Ai, DefaultDomains.Ai));
            db.Domains.AddRange(Shipped(DomainList.Chatty, DefaultDomains.Chatty));
            await db.SaveChangesAsync(cancellation);
        }

        var settings = await ReadAsync(db, cancellation);
        if (!await db.ConfigurationVersions.AnyAsync(v => v.Version == settings.Version, cancellation))
        {
            await ConfigurationHistory.RecordAsync(db, settings, Actor.Console, "first start of this release", NowMs(), cancellation);
            await db.SaveChangesAsync(cancellation);
        }

        Volatile.Write(ref _current, settings);
    }

    /// <summary>Takes over what another node changed.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            var settings = await ReadAsync(db, cancellation);
            if (settings.Version > Current.Version)
            {
                PutInForce(settings);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Adds a pattern, or changes the mode of an existing one.</summary>
    public Task<SettingsChange> PutPatternAsync(string text, bool intercept, Actor by, CancellationToken cancellation)
    {
        if (!HostPattern.TryParse(text, out var pattern, out var error))
        {
            return Task.FromResult(Refused(error!));
        }

        return ChangeAsync(
            by, "pattern.put", $"{pattern!.Text} {(intercept ? "intercept" : "bypass")}",
            async db =>
            {
                var row = await db.ProxyPatterns.FindAsync([pattern!.Text], cancellation);
                if (row is null)
                {
                    if (Current.Patterns.Count >= MostPatterns)
                    {
                        return [$"There are {MostPatterns} patterns already; delete some first."];
                    }

                    row = new ProxyPatternRow { Pattern = pattern.Text, AddedBy = by.Name };
                    db.ProxyPatterns.Add(row);
                }

                (row.Intercept, row.AddedBy, row.UpdatedMs) = (intercept, by.Name, NowMs());
                return [];
            },
            cancellation);
    }

    /// <summary>Deletes a pattern.</summary>
    public Task<SettingsChange> DeletePatternAsync(string pattern, Actor by, CancellationToken cancellation) => ChangeAsync(
        by, "pattern.delete", pattern,
        async db => await db.ProxyPatterns.Where(p => p.Pattern == pattern).ExecuteDeleteAsync(cancellation) == 1
            ? []
            : [$"There is no pattern {pattern}."],
        cancellation);

    /// <summary>Sets how much devices intercept.</summary>
    public Task<SettingsChange> SetModeAsync(ProxyMode mode, Actor by, CancellationToken cancellation) =>
        SetOptionAsync(ConfigurationSection.ModeOption, mode.ToString(), by, "mode.set", cancellation);

    /// <summary>Adds entries to a domain list; either all are added or none. Blank lines are skipped, entries already there are kept.</summary>
    public Task<SettingsChange> AddDomainsAsync(DomainList list, IReadOnlyList<string> lines, Actor by, CancellationToken cancellation)
    {
        var (domains, errors) = DomainLines.Parse(lines);
        if (errors.Count > 0)
        {
            return Task.FromResult(new SettingsChange(Current.Version, errors));
        }

        return ChangeAsync(
            by, "domains.add", $"{list}: {domains.Count}, {string.Join(", ", domains.Take(MostNamed))}",
            db =>
            {
                var known = Current.Domains(list).Select(d => d.Domain).ToHashSet(StringComparer.Ordinal);
                var added = domains.Where(known.Add).ToList();
                if (known.Count > MostDomains)
                {
                    return Task.FromResult<IReadOnlyList<string>>([$"The list would have {known.Count} entries; at most {MostDomains} are possible."]);
                }

                db.Domains.AddRange(added.Select(d => new DomainRow { List = list, Domain = d, AddedBy = by.Name, AddedMs = NowMs() }));
                return Task.FromResult<IReadOnlyList<string>>([]);
            },
            cancellation);
    }

    /// <summary>Removes entries from a domain list; entries that are not there are ignored.</summary>
    public Task<SettingsChange> RemoveDomainsAsync(DomainList list, IEnumerable<string> domains, Actor by, CancellationToken cancellation)
    {
        var stored = domains.Select(DomainLines.Canonical).ToList();
        return ChangeAsync(
            by, "domains.remove", $"{list}: {stored.Count}, {string.Join(", ", stored.Take(MostNamed))}",
            async db =>
            {
                await db.Domains.Where(d => d.List == list && stored.Contains(d.Domain)).ExecuteDeleteAsync(cancellation);
                return [];
            },
            cancellation);
    }

    /// <summary>Makes a domain list what was shipped.</summary>
    public Task<SettingsChange> ResetDomainsAsync(DomainList list, Actor by, CancellationToken cancellation) => ChangeAsync(
        by, "domains.reset", list.ToString(),
        async db =>
        {
            await db.Domains.Where(d => d.List == list).ExecuteDeleteAsync(cancellation);
            db.Domains.AddRange(Shipped(list, list == DomainList.Ai ? DefaultDomains.Ai : DefaultDomains.Chatty));
            return [];
        },
        cancellation);

    /// <summary>Clears or pins a learned passthrough on every device.</summary>
    public Task<SettingsChange> OverrideLearnedAsync(string process, string host, LearnedAction action, Actor by, CancellationToken cancellation)
    {
        if (process.Length is 0 or > 255 || host.Length is 0 or > 253)
        {
            return Task.FromResult(Refused("A learned passthrough is named by process (1 to 255 characters) and host (1 to 253)."));
        }

        return ChangeAsync(
            by, $"learned.{(action == LearnedAction.Pin ? "pin" : "clear")}", $"{process} {host}",
            async db =>
            {
                var row = await db.LearnedOverrides.FindAsync([process, host], cancellation);
                if (row is null)
                {
                    row = new LearnedOverrideRow { Process = process, Host = host, Action = "" };
                    db.LearnedOverrides.Add(row);
                }

                // Agents tell overrides apart by their second, so two within one second must not share it.
                row.AtSeconds = Math.Max(row.AtSeconds + 1, time.GetUtcNow().ToUnixTimeSeconds());
                row.Action = action == LearnedAction.Pin ? "pin" : "clear";
                return [];
            },
            cancellation);
    }

    public void Dispose() => _writing.Dispose();

    /// <summary>
    /// Makes a change: everything it stores, the new version, its history and its line in the audit log are committed together or not at all.
    /// </summary>
    /// <param name="by">Who makes it.</param>
    /// <param name="action">What is done, for the audit log: <c>pattern.put</c>.</param>
    /// <param name="target">What it is done to.</param>
    /// <param name="change">Stores it; yields why not, or nothing. <see cref="Current"/> is up to date while it runs.</param>
    /// <param name="cancellation">Ends it before it is committed.</param>
    internal async Task<SettingsChange> ChangeAsync(
        Actor by, string action, string target, Func<ConsoleDb, Task<IReadOnlyList<string>>> change, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            // First of all, because it keeps other nodes out until the commit.
            await db.SettingsVersion.ExecuteUpdateAsync(u => u.SetProperty(v => v.Version, v => v.Version + 1), cancellation);
            if (await db.SettingsVersion.AsNoTracking().Select(v => v.Version).SingleAsync(cancellation) != Current.Version + 1)
            {
                var others = await ReadAsync(db, cancellation);
                Volatile.Write(ref _current, others with { Version = others.Version - 1 });
            }

            if (await change(db) is { Count: > 0 } errors)
            {
                return new SettingsChange(Current.Version, errors);
            }

            await db.SaveChangesAsync(cancellation);
            var settings = await ReadAsync(db, cancellation);
            await ConfigurationHistory.RecordAsync(db, settings, by, $"{action} {target}", NowMs(), cancellation);
            audit.Add(db, by, action, target, $"version {settings.Version}");
            await db.SaveChangesAsync(cancellation);
            await db.AnnounceAsync(NodeChannel.Settings, cancellation);
            await transaction.CommitAsync(cancellation);
            PutInForce(settings);
            return new SettingsChange(settings.Version, []);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Sets an option.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="by">Who sets it.</param>
    /// <param name="action">For the audit log: <c>privacy.set</c>.</param>
    /// <param name="cancellation">Ends it before it is committed.</param>
    internal Task<SettingsChange> SetOptionAsync(string name, string value, Actor by, string action, CancellationToken cancellation) => ChangeAsync(
        by, action, value,
        async db =>
        {
            var row = await db.Options.FindAsync([name], cancellation);
            if (row is null)
            {
                row = new OptionRow { Name = name, Value = "" };
                db.Options.Add(row);
            }

            row.Value = value;
            return [];
        },
        cancellation);

    private void PutInForce(ConsoleSettings settings)
    {
        Volatile.Write(ref _current, settings);
        Changed?.Invoke(settings);
    }

    private static async Task<ConsoleSettings> ReadAsync(ConsoleDb db, CancellationToken cancellation)
    {
        var domains = await db.Domains.AsNoTracking().OrderBy(d => d.Domain).ToListAsync(cancellation);
        return new ConsoleSettings(
            await db.SettingsVersion.AsNoTracking().Select(v => v.Version).SingleAsync(cancellation),
            await db.ProxyPatterns.AsNoTracking().OrderByDescending(p => p.UpdatedMs).ToListAsync(cancellation),
            domains.FindAll(d => d.List == DomainList.Ai),
            domains.FindAll(d => d.List == DomainList.Chatty),
            await db.LearnedOverrides.AsNoTracking().ToListAsync(cancellation))
        {
            Policies = await db.GuardrailPolicies.AsNoTracking().OrderBy(p => p.Name).ToListAsync(cancellation),
            Exceptions = await db.Exceptions.AsNoTracking().OrderByDescending(e => e.AddedMs).ToListAsync(cancellation),
            Catalogue = await db.CatalogueApps.AsNoTracking().OrderBy(a => a.Id).ToListAsync(cancellation),
            Apps = await db.Apps.AsNoTracking().OrderBy(a => a.App).ToListAsync(cancellation),
            Rings = await db.UpdateRings.AsNoTracking().OrderBy(r => r.Position).ToListAsync(cancellation) is { Count: > 0 } rings ? rings : ConsoleSettings.OneRing,
            Mode = await OptionAsync(db, ConfigurationSection.ModeOption, ProxyMode.Listed, cancellation),
            Kept = await OptionAsync(db, ConfigurationSection.KeptOption, PrivacyLevel.Full, cancellation),
        };
    }

    private static async Task<T> OptionAsync<T>(ConsoleDb db, string name, T otherwise, CancellationToken cancellation)
        where T : struct, Enum =>
        Enum.TryParse<T>(await db.Options.Where(o => o.Name == name).Select(o => o.Value).FirstOrDefaultAsync(cancellation), out var value) ? value : otherwise;

    private IEnumerable<DomainRow> Shipped(DomainList list, IReadOnlyList<string> domains) =>
        DomainLines.Parse(domains).Domains.Distinct(StringComparer.Ordinal).Select(d => new DomainRow { List = list, Domain = d, AddedBy = "shipped", AddedMs = NowMs() });

    /// <summary>The outcome of a change that was not made.</summary>
    internal SettingsChange Refused(string error) => new(Current.Version, [error]);

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
