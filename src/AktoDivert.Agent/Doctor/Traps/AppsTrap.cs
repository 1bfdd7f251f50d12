using AktoDivert.Agent.Policy;
using AktoDivert.Core.Processes;

namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>Which apps are on the allow-list, who put them there, and which ones somebody switched.</summary>
internal sealed class AppsTrap() : Trap("apps redirected")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        var redirected = surroundings.Apps.Where(app => app.Redirected).ToArray();
        string[] parts =
        [
            $"{Count(redirected, AppSource.Shipped)} shipped",
            .. Part(redirected, AppSource.Organisation, "of the organisation"),
            .. Part(redirected, AppSource.Device, "of this device"),
            .. surroundings.Apps.Where(app => app.App.Source == AppSource.Shipped ? app.DecidedBy != AppSource.Shipped : !app.Redirected)
                .Select(app => $"{app.App.Id}: {app.Origin}"),
        ];
        var finding = string.Join("; ", parts);
        return surroundings.Selection.Scope == RedirectScope.All
            ? Ok($"every process (scope all); named as apps: {finding}")
            : redirected.Length > 0
                ? Ok(finding)
                : Warn("no app is on the allow-list, so nothing is redirected", "switch an app on, on the console or in the configuration file ($.apps.enable, $.apps.add)");
    }

    private static int Count(IEnumerable<LayeredApp> apps, AppSource source) => apps.Count(app => app.App.Source == source);

    private static IEnumerable<string> Part(LayeredApp[] apps, AppSource source, string whose) => Count(apps, source) is > 0 and var count
        ? [$"{count} {whose} ({string.Join(", ", apps.Where(app => app.App.Source == source).Select(app => app.App.Id))})"]
        : [];
}
