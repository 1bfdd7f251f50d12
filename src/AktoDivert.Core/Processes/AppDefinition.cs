using System.Buffers;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Wire;

namespace AktoDivert.Core.Processes;

/// <summary>Reads an app of the organisation's own: the console refuses one with any fault, an agent leaves out what is faulty.</summary>
public static class AppDefinition
{
    /// <summary>Most selectors of an app.</summary>
    public const int MostSelectors = 50;

    /// <summary>Most hosts of an app, and most that always pass.</summary>
    public const int MostHosts = 200;

    private const int LongestId = 63;
    private const int LongestName = 100;
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");

    /// <summary>The app as far as it can be read, and everything that is wrong with it.</summary>
    public static CatalogueApp Read(WireApp app, out IReadOnlyList<AppFault> faults)
    {
        var found = new List<AppFault>();
        var id = app.Id ?? "";
        if (WhyNotId(id) is { } problem)
        {
            found.Add(new AppFault("id", problem));
        }

        var name = string.IsNullOrWhiteSpace(app.Name) ? id : app.Name.Trim();
        if (name.Length > LongestName || name.Any(char.IsControl))
        {
            found.Add(new AppFault("name", $"A name has at most {LongestName} characters and no line breaks; shorten it."));
            name = id;
        }

        var selectors = Entries<ProcessSelector>(app.Selectors, "selectors", "Selector", MostSelectors, found, ProcessSelector.TryParse);
        if (selectors.Count == 0 && found.TrueForAll(f => f.Field != "selectors"))
        {
            found.Add(new AppFault("selectors", "Enter at least one selector, for example name acme-bot."));
        }

        var read = new CatalogueApp(
            id, name, selectors,
            Entries<string>(app.Hosts, "hosts", "Host", MostHosts, found, TryHost),
            Entries<string>(app.PassthroughHosts, "passthroughHosts", "Host", MostHosts, found, TryHost))
        { Source = AppSource.Organisation };
        faults = found;
        return read;
    }

    private delegate bool Parser<T>(string? text, out T? value, out string? error);

    private static string? WhyNotId(string id) =>
        id.Length == 0 ? "An id is missing; write a short one such as acme-bot."
        : id.Length > LongestId ? $"The id has {id.Length} characters; at most {LongestId} are possible."
        : id.AsSpan().ContainsAnyExcept(IdCharacters) ? $"'{id}' is no id; write small letters, digits, - and . only, for example acme-bot."
        : null;

    private static List<T> Entries<T>(IReadOnlyList<string>? texts, string field, string what, int most, List<AppFault> faults, Parser<T> parse)
    {
        var entries = new List<T>();
        if (texts is null)
        {
            return entries;
        }

        if (texts.Count > most)
        {
            faults.Add(new AppFault(field, $"There are {texts.Count} entries; at most {most} are possible."));
        }

        for (var i = 0; i < texts.Count && i < most; i++)
        {
            // An entry may be null on the wire.
            if (parse(texts[i], out var entry, out var error))
            {
                entries.Add(entry!);
            }
            else
            {
                faults.Add(new AppFault(field, $"{what} {i + 1}, \"{ProcessSelectorParser.Quote(texts[i])}\": {error}"));
            }
        }

        return entries;
    }

    private static bool TryHost(string? text, out string? host, out string? error)
    {
        var parsed = HostPattern.TryParse(text, out var pattern, out error);
        host = pattern?.Text;
        return parsed;
    }
}
