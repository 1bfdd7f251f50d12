using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AktoDivert.Agent.Configuration;

/// <summary>
/// One value of the configuration with its place. Each read method returns the value or, after noting what is wrong, the fallback, so that
/// one pass over the document finds every error.
/// </summary>
internal sealed class ConfigurationNode(JsonNode? node, string path, ConfigurationErrors errors)
{
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Where the value stands.</summary>
    public string Path => path;

    /// <summary>Whether the document says nothing here.</summary>
    public bool IsAbsent => node is null;

    /// <summary>The member of that name, present or not; from now on a known name.</summary>
    public ConfigurationNode Member(string name)
    {
        _known.Add(name);
        return new ConfigurationNode((node as JsonObject)?[name], $"{path}.{name}", errors);
    }

    /// <summary>Notes a value that is not an object, and every member that nobody asked for. Called after the last <see cref="Member"/>.</summary>
    public void Finish()
    {
        if (node is null)
        {
            return;
        }

        if (node is not JsonObject members)
        {
            Wrong("is not an object", "write { ... }");
            return;
        }

        foreach (var (name, value) in members)
        {
            if (!_known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                errors.AddUnknown($"{path}.{name}", name, value, _known);
            }
        }
    }

    /// <summary>A text that is not empty.</summary>
    public string? Text(string? fallback = null)
    {
        if (node is null)
        {
            return fallback;
        }

        if (node.GetValueKind() == JsonValueKind.String && node.GetValue<string>() is { Length: > 0 } text)
        {
            return text;
        }

        Wrong("is not a text", "write a text that is not empty, in quotes");
        return fallback;
    }

    /// <summary>A text that <paramref name="parse"/> turns into a value or finds wrong.</summary>
    public T Parsed<T>(T fallback, Func<string, (T Value, string? Problem)> parse, string fix)
    {
        if (Text() is not { } text)
        {
            return fallback;
        }

        var (value, problem) = parse(text);
        if (problem is null)
        {
            return value;
        }

        Wrong(problem, fix);
        return fallback;
    }

    /// <summary>An absolute path of a file or folder.</summary>
    public string? AbsolutePath(string? fallback = null) =>
        Parsed(fallback, text => (text, System.IO.Path.IsPathFullyQualified(text) ? null : "is not an absolute path"), "write the full path");

    /// <summary>True or false.</summary>
    public bool Flag(bool fallback)
    {
        if (node is null)
        {
            return fallback;
        }

        if (node.GetValueKind() is JsonValueKind.True or JsonValueKind.False)
        {
            return node.GetValueKind() == JsonValueKind.True;
        }

        Wrong("is neither true nor false", "write true or false");
        return fallback;
    }

    /// <summary>A whole number within bounds.</summary>
    public long Number(long fallback, long least, long most) => (long)Quantity(fallback, least, most, whole: true, "");

    /// <summary>A number of seconds, fractions allowed.</summary>
    public TimeSpan Seconds(TimeSpan fallback, double least, double most) =>
        TimeSpan.FromSeconds((double)Quantity((decimal)fallback.TotalSeconds, (decimal)least, (decimal)most, whole: false, " seconds"));

    /// <summary>One of a few words.</summary>
    public T Choice<T>(T fallback, IReadOnlyDictionary<string, T> words) => Parsed(
        fallback,
        text => words.TryGetValue(text.ToLowerInvariant(), out var value) ? (value, null) : (fallback, "is not one of the known words"),
        $"write one of: {string.Join(", ", words.Keys)}{Suggestion(words.Keys)}");

    /// <summary>A list, each entry read by <paramref name="read"/>; entries that are wrong are noted and left out.</summary>
    public IReadOnlyList<T> List<T>(IReadOnlyList<T> fallback, Func<ConfigurationNode, T?> read)
        where T : notnull
    {
        if (node is null)
        {
            return fallback;
        }

        if (node is not JsonArray entries)
        {
            Wrong("is not a list", "write [ ... ]");
            return fallback;
        }

        var result = new List<T>(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = new ConfigurationNode(entries[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), errors);
            var before = errors.Count;
            var value = read(entry);
            if (value is not null && errors.Count == before)
            {
                result.Add(value);
            }
        }

        return result;
    }

    /// <summary>Notes that the value is wrong.</summary>
    public void Wrong(string problem, string fix) => errors.Add(path, node, problem, fix);

    private decimal Quantity(decimal fallback, decimal least, decimal most, bool whole, string unit)
    {
        if (node is null)
        {
            return fallback;
        }

        var range = string.Create(CultureInfo.InvariantCulture, $"write {(whole ? "a whole number" : "a number")} from {least} to {most}{unit}");
        if (node.GetValueKind() != JsonValueKind.Number || !decimal.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            Wrong("is not a number", range);
        }
        else if ((whole && value != decimal.Truncate(value)) || value < least || value > most)
        {
            Wrong("is out of range", range);
        }
        else
        {
            return value;
        }

        return fallback;
    }

    private string Suggestion(IEnumerable<string> words) =>
        node?.GetValueKind() == JsonValueKind.String && NearestName.Find(node.GetValue<string>(), words) is { } nearest ? $" (did you mean {nearest}?)" : "";
}
