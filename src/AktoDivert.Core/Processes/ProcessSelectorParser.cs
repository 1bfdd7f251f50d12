using System.Buffers;

namespace AktoDivert.Core.Processes;

/// <summary>Parses the text of a <see cref="ProcessSelector"/>; every refusal says what is wrong and how to write it.</summary>
internal static class ProcessSelectorParser
{
    private const int LongestValue = 255;
    private const int LongestQuote = 80;
    private const int ShortestArgument = 3;
    private static readonly SearchValues<char> Wildcards = SearchValues.Create("*?");
    private static readonly SearchValues<char> WildcardsAndSlash = SearchValues.Create("*?/");
    private static readonly SearchValues<char> Slashes = SearchValues.Create("/\\");

    private static readonly Dictionary<string, ProcessSelectorKind> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["name"] = ProcessSelectorKind.Name, ["path"] = ProcessSelectorKind.Path, ["argument"] = ProcessSelectorKind.CommandLine,
    };

    public static (ProcessSelector? Selector, string? Error) Parse(string? text)
    {
        var trimmed = text?.Trim() ?? "";
        if (trimmed.Length == 0)
        {
            return (null, "A selector is empty; write name, path or argument and then what the process is recognised by, for example name acme-bot.");
        }

        var space = trimmed.AsSpan().IndexOfAny(' ', '\t');
        var word = space < 0 ? trimmed : trimmed[..space];
        if (!Kinds.TryGetValue(word, out var kind))
        {
            return (null, $"'{Quote(word)}' is no kind of selector; write name, path or argument before the value, for example name acme-bot.");
        }

        var value = space < 0 ? "" : trimmed[space..].Trim();
        return WhyNot(kind, value) is { } error ? (null, error) : (new ProcessSelector(kind, value), null);
    }

    public static string? WhyNot(ProcessSelectorKind kind, string value)
    {
        if (value.Length == 0)
        {
            return "The selector has no value; write what the process is recognised by, for example name acme-bot.";
        }

        if (value.Length > LongestValue)
        {
            return $"'{Quote(value)}' has {value.Length} characters; at most {LongestValue} are possible.";
        }

        if (value.Any(char.IsControl))
        {
            return "The value holds a control character; write one selector a line, without tabs.";
        }

        var problem = kind switch
        {
            ProcessSelectorKind.Name => WhyNotName(value),
            ProcessSelectorKind.Path => WhyNotPath(value),
            _ => WhyNotArgument(value),
        };
        return problem is null ? null : $"'{Quote(value)}': {problem}.";
    }

    private static string? WhyNotName(string value) =>
        value.AsSpan().ContainsAny(Slashes) ? "a name is the file name alone; for a folder write path and a glob, for example path */acme/bot"
        : value.AsSpan().ContainsAny(Wildcards) ? "a name is compared whole; for a glob write path, for example path */acme-*"
        : null;

    // Paths are compared whole and with slashes: what begins otherwise, or holds a backslash, would never match.
    private static string? WhyNotPath(string value) =>
        value.Contains('\\', StringComparison.Ordinal) ? "write / in place of every backslash"
        : !value.AsSpan().ContainsAnyExcept(WildcardsAndSlash) ? "that is every program; name a part of the path, or redirect every process by the scope all"
        : value[0] is '/' or '*' or '?' || value[1..].StartsWith(":/", StringComparison.Ordinal) ? null
        : "a path begins with /, * or a drive such as C:/; for a file name anywhere write */ before it";

    private static string? WhyNotArgument(string value) =>
        value.Contains('\\', StringComparison.Ordinal) ? "write / in place of every backslash"
        : value.Length < ShortestArgument ? $"so short a text stands in nearly every command line; write at least {ShortestArgument} characters"
        : null;

    /// <summary>As much of an entry as an error repeats; empty for none.</summary>
    public static string Quote(string? text) => text is { Length: > LongestQuote } ? text[..LongestQuote] + "…" : text ?? "";
}
