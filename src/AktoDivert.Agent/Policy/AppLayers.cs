using AktoDivert.Agent.Configuration;
using AktoDivert.Core.Processes;
using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.Policy;

/// <summary>
/// Puts the apps together. Layers, weakest first: shipped catalogue, configuration file, console. Apps add up; one id in two layers is one app,
/// recognised by the selectors of both. Whether an app is redirected is said by the strongest layer that says anything.
/// </summary>
internal static class AppLayers
{
    /// <summary>Every app, those of stronger layers first, as the first that matches names a process.</summary>
    /// <param name="device">The configuration file's.</param>
    /// <param name="console">The console's; null when it never sent any.</param>
    /// <param name="errors">Takes a line for everything that was left out.</param>
    public static IReadOnlyList<LayeredApp> Combine(AppsSection device, IReadOnlyList<WireApp>? console, ICollection<string> errors)
    {
        // Entries and ids may be null on the wire.
        var said = (console ?? []).OfType<WireApp>().Where(app => app.Id is not null).DistinctBy(app => app.Id).ToDictionary(app => app.Id!, StringComparer.Ordinal);
        var organisation = said.Values.Where(app => app.Selectors is not null).Select(app => Read(app, errors)).OfType<CatalogueApp>();
        return [.. organisation.Concat(device.Add).Concat(AppCatalogue.Shipped.Apps).Select(app => Decide(app, device, said.GetValueOrDefault(app.Id)))];
    }

    private static LayeredApp Decide(CatalogueApp app, AppsSection device, WireApp? console) =>
        console?.Redirect is { } redirect ? new LayeredApp(app, redirect, AppSource.Organisation)
        : app.Source != AppSource.Shipped ? new LayeredApp(app, true, app.Source)
        : device.Enable.Contains(app.Id, StringComparer.Ordinal) ? new LayeredApp(app, true, AppSource.Device)
        : device.Disable.Contains(app.Id, StringComparer.Ordinal) ? new LayeredApp(app, false, AppSource.Device)
        : new LayeredApp(app, app.OnByDefault, AppSource.Shipped);

    // Without a good id an app cannot be named anywhere, so all of it is left out.
    private static CatalogueApp? Read(WireApp app, ICollection<string> errors)
    {
        var read = AppDefinition.Read(app, out var faults);
        foreach (var fault in faults)
        {
            errors.Add($"app {read.Id}: {fault.Problem}");
        }

        return faults.Any(fault => fault.Field == "id") ? null : read;
    }
}
