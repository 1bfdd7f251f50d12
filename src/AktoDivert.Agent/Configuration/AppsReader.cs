using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;

namespace AktoDivert.Agent.Configuration;

/// <summary>Reads <c>apps</c>.</summary>
internal static class AppsReader
{
    private static readonly Dictionary<string, ProcessSelectorKind> Kinds = new()
    {
        ["name"] = ProcessSelectorKind.Name,
        ["path"] = ProcessSelectorKind.Path,
        ["commandline"] = ProcessSelectorKind.CommandLine,
    };

    /// <summary>Reads the section.</summary>
    public static AppsSection Read(ConfigurationNode node)
    {
        var section = new AppsSection
        {
            Add = node.Member("add").List([], App),
            Enable = node.Member("enable").List([], CatalogueId),
            Disable = node.Member("disable").List([], CatalogueId),
        };
        node.Finish();
        return section;
    }

    private static CatalogueApp App(ConfigurationNode node)
    {
        var id = node.Member("id");
        var selectors = node.Member("selectors");
        if (id.IsAbsent)
        {
            id.Wrong("is missing", "write a short id such as my-app");
        }

        var idText = id.Text("")!;
        var app = new CatalogueApp(
            idText,
            node.Member("name").Text(idText)!,
            selectors.List([], Selector),
            node.Member("hosts").List([], Host),
            node.Member("passthroughHosts").List([], Host))
        { Source = AppSource.Device };
        if (selectors.IsAbsent)
        {
            selectors.Wrong("is missing", "write at least one, for example [{ \"kind\": \"name\", \"value\": \"curl\" }]");
        }

        node.Finish();
        return app;
    }

    private static ProcessSelector Selector(ConfigurationNode node)
    {
        var kind = node.Member("kind");
        var value = node.Member("value");
        node.Finish();
        if (kind.IsAbsent)
        {
            kind.Wrong("is missing", "write name, path or commandline");
        }

        if (value.IsAbsent)
        {
            value.Wrong("is missing", "write what the process is recognised by");
        }

        var selector = new ProcessSelector(kind.Choice(ProcessSelectorKind.Name, Kinds), value.Text("")!);
        if (selector.Value.Length > 0 && ProcessSelector.WhyNot(selector.Kind, selector.Value) is { } error)
        {
            value.Wrong($"is refused: {error.TrimEnd('.')}", "write what the process is recognised by");
        }

        return selector;
    }

    private static string? Host(ConfigurationNode node) => node.Parsed<string?>(
        null,
        text => HostPattern.TryParse(text, out var pattern, out var error) ? (pattern!.Text, null) : (null, $"is refused: {error?.TrimEnd('.')}"),
        "write a host, .domain or glob");

    private static string? CatalogueId(ConfigurationNode node)
    {
        var known = AppCatalogue.Shipped.Apps.Select(app => app.Id).ToArray();
        return node.Parsed<string?>(
            null,
            text => known.Contains(text, StringComparer.Ordinal) ? (text, null) : (null, "is not an id of the catalogue"),
            $"write one of: {string.Join(", ", known)}");
    }
}
