using System.Text.Json;

namespace AktoDivert.Core.Processes;

/// <summary>
/// The apps the product knows: how to recognise their processes, the hosts they call, and the pairs that never work intercepted.
/// </summary>
public sealed class AppCatalogue
{
    private AppCatalogue(IReadOnlyList<CatalogueApp> apps, IReadOnlyList<string> passthroughHosts)
    {
        Apps = apps;
        PassthroughHosts = passthroughHosts;
    }

    /// <summary>The catalogue shipped with the product (embedded <c>apps.json</c>), with the selectors of this platform.</summary>
    public static AppCatalogue Shipped { get; } = ReadShipped(OperatingSystem.IsWindows() ? "windows" : "linux");

    /// <summary>Apps in catalogue order.</summary>
    public IReadOnlyList<CatalogueApp> Apps { get; }

    /// <summary>Host patterns that are never intercepted for any app: sign-ins, updates, media.</summary>
    public IReadOnlyList<string> PassthroughHosts { get; }

    /// <summary>The shipped catalogue with the selectors of <paramref name="platform"/>: for whoever looks at devices of several platforms.</summary>
    /// <param name="platform"><c>linux</c> or <c>windows</c>.</param>
    public static AppCatalogue For(string platform) => ReadShipped(platform);

    /// <summary>Reads the shipped catalogue with the selectors of <paramref name="platform"/> (<c>linux</c> or <c>windows</c>).</summary>
    internal static AppCatalogue ReadShipped(string platform)
    {
        using var stream = typeof(AppCatalogue).Assembly.GetManifestResourceStream("apps.json")!;
        using var document = JsonDocument.Parse(stream);
        var root = document.RootElement;
        return new AppCatalogue(
            [.. root.GetProperty("apps").EnumerateArray().Select(app => Read(app, platform))], Strings(root, "passthrough"));
    }

    private static CatalogueApp Read(JsonElement app, string platform)
    {
        var selectors = new List<ProcessSelector>();
        if (app.TryGetProperty(platform, out var match))
        {
            selectors.AddRange(Strings(match, "names").Select(value => new ProcessSelector(ProcessSelectorKind.Name, value)));
            selectors.AddRange(Strings(match, "paths").Select(value => new ProcessSelector(ProcessSelectorKind.Path, value)));
            selectors.AddRange(Strings(match, "arguments").Select(value => new ProcessSelector(ProcessSelectorKind.CommandLine, value)));
        }

        return new CatalogueApp(
            app.GetProperty("id").GetString()!,
            app.GetProperty("name").GetString()!,
            selectors,
            Strings(app, "hosts"),
            Strings(app, "passthrough"))
        {
            OnByDefault = !app.TryGetProperty("onByDefault", out var on) || on.GetBoolean(),
            Vendor = app.GetProperty("vendor").GetString()!,
        };
    }

    private static string[] Strings(JsonElement element, string name) =>
        element.TryGetProperty(name, out var array) ? [.. array.EnumerateArray().Select(value => value.GetString()!)] : [];
}
