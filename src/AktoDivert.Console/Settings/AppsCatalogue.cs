using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Processes;
using AktoDivert.Core.Wire;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Settings;

/// <summary>The apps catalogue: which of the shipped apps are redirected, and the organisation's own.</summary>
internal sealed class AppsCatalogue(SettingsStore settings, TimeProvider time)
{
    /// <summary>Most apps of the organisation's own.</summary>
    public const int MostApps = 200;

    /// <summary>Most selectors of all of them: devices keep them in a table of fixed size.</summary>
    public const int MostSelectors = 500;

    private static readonly Dictionary<string, CatalogueApp> Windows = AppCatalogue.For("windows").Apps.ToDictionary(a => a.Id, StringComparer.Ordinal);
    private static readonly IReadOnlyList<CatalogueApp> Shipped = AppCatalogue.For("linux").Apps;

    /// <summary>Every app with what the organisation says about it, its own ones first.</summary>
    public static IReadOnlyList<CatalogueEntry> List(ConsoleSettings now)
    {
        var said = now.Catalogue.ToDictionary(a => a.Id, StringComparer.Ordinal);
        var own = now.OwnApps.Select(a => Entry(a, a.Selectors, true, said[a.Id].Redirect));
        return [.. own, .. Shipped.Select(a => Entry(a, a.Selectors.Concat(Windows[a.Id].Selectors), false, said.GetValueOrDefault(a.Id)?.Redirect))];
    }

    /// <summary>What is wrong with an entry; empty when it can be saved.</summary>
    public static IReadOnlyList<AppFault> Check(WireApp app)
    {
        if (!IsShipped(app.Id))
        {
            AppDefinition.Read(app, out var faults);
            return faults;
        }

        return app is { Name: null, Selectors: null, Hosts: null, PassthroughHosts: null }
            ? []
            : [new AppFault("id", $"{app.Id} is an app of the shipped catalogue; choose whether it is redirected, or give an app of your own another id.")];
    }

    /// <summary>Chooses whether an app of the shipped catalogue is redirected, or adds or changes an app of the organisation's own.</summary>
    public Task<SettingsChange> PutAsync(WireApp app, Actor by, CancellationToken cancellation) =>
        Check(app) is { Count: > 0 } faults
            ? Task.FromResult(new SettingsChange(settings.Current.Version, [.. faults.Select(f => f.Problem)]))
            : settings.ChangeAsync(by, "catalogue.put", $"{app.Id} {Word(app.Redirect)}", db => PutAsync(db, app, by, cancellation), cancellation);

    /// <summary>Deletes an app of the organisation's own, or its choice about a shipped one.</summary>
    public Task<SettingsChange> DeleteAsync(string id, Actor by, CancellationToken cancellation) => settings.ChangeAsync(
        by, "catalogue.delete", id,
        async db => await db.CatalogueApps.Where(a => a.Id == id).ExecuteDeleteAsync(cancellation) == 1 ? [] : [$"The organisation says nothing about an app {id}."],
        cancellation);

    /// <summary>Makes the catalogue what was shipped.</summary>
    public Task<SettingsChange> ResetAsync(Actor by, CancellationToken cancellation) => settings.ChangeAsync(
        by, "catalogue.reset", "all apps",
        async db =>
        {
            await db.CatalogueApps.ExecuteDeleteAsync(cancellation);
            return [];
        },
        cancellation);

    private async Task<IReadOnlyList<string>> PutAsync(ConsoleDb db, WireApp app, Actor by, CancellationToken cancellation)
    {
        var row = await db.CatalogueApps.FindAsync([app.Id], cancellation);
        if (row is null)
        {
            row = new CatalogueAppRow { Id = app.Id!, UpdatedBy = by.Name };
            db.CatalogueApps.Add(row);
        }

        if (!IsShipped(app.Id))
        {
            var others = settings.Current.OwnApps.Where(a => a.Id != app.Id).ToList();
            if (others.Count >= MostApps)
            {
                return [$"There are {MostApps} apps already; delete some first."];
            }

            var read = AppDefinition.Read(app, out _);
            if (others.Sum(a => a.Selectors.Count) + read.Selectors.Count is > MostSelectors and var selectors)
            {
                return [$"The organisation's apps would have {selectors} selectors; at most {MostSelectors} are possible."];
            }

            (row.Name, row.Selectors) = (read.Name, string.Join('\n', read.Selectors));
            (row.Hosts, row.PassthroughHosts) = (string.Join('\n', read.Hosts), string.Join('\n', read.PassthroughHosts));
        }

        (row.Redirect, row.UpdatedBy, row.UpdatedMs) = (app.Redirect, by.Name, time.GetUtcNow().ToUnixTimeMilliseconds());
        if (row is { Redirect: null, IsOwn: false })
        {
            // By default is what a row is not needed for.
            db.CatalogueApps.Remove(row);
        }

        return [];
    }

    private static CatalogueEntry Entry(CatalogueApp app, IEnumerable<ProcessSelector> selectors, bool isOwn, bool? redirect) => new(
        app.Id, app.Name, app.Vendor, [.. selectors.Select(s => s.ToString()).Distinct(StringComparer.OrdinalIgnoreCase)], app.Hosts, app.PassthroughHosts,
        isOwn, isOwn || app.OnByDefault, redirect);

    private static bool IsShipped(string? id) => id is not null && Windows.ContainsKey(id);

    private static string Word(bool? redirect) => redirect switch { true => "on", false => "off", _ => "by default" };
}
