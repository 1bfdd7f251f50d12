using System.Text.Json;
using AktoDivert.Core.Wire;
using static AktoDivert.Console.Calls.LenientJson;

namespace AktoDivert.Console.Calls;

/// <summary>
/// Finds the tools of a call: those that its request offers (the member <c>tools</c> of the Anthropic, OpenAI and Gemini APIs) and those that its
/// answer calls. Apps name a tool of an MCP server <c>mcp__server__tool</c>.
/// </summary>
internal static class ToolUses
{
    private const int MostTools = 300;
    private const int LongestName = 128;
    private const string McpPrefix = "mcp__";

    /// <summary>The tools, each once. Never throws: bodies are whatever an app sends.</summary>
    public static IReadOnlyList<ToolUse> Find(string request, AuditAiCall? facts)
    {
        // Most bodies hold no tools, and nothing is made for those.
        var offers = request.Contains("\"tools\"", StringComparison.Ordinal);
        if (!offers && facts?.ToolNames is not { Count: > 0 })
        {
            return [];
        }

        var called = (facts?.ToolNames ?? []).Where(IsName).GroupBy(n => n, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        var offered = offers ? Offered(request) : [];
        return [.. offered.Concat(called.Keys).Distinct(StringComparer.Ordinal).Take(MostTools).Select(n => Use(n, called.GetValueOrDefault(n)))];
    }

    private static List<string> Offered(string request)
    {
        using var document = Parse(request);
        if (document is null)
        {
            return [];
        }

        var names = new List<string>();
        foreach (var tool in Items(Member(document.RootElement, "tools")).Take(MostTools))
        {
            Add(names, Member(tool, "name") ?? (Member(tool, "function") is { } function ? Member(function, "name") : null));
            foreach (var declared in Items(Member(tool, "functionDeclarations")).Take(MostTools))
            {
                Add(names, Member(declared, "name"));
            }
        }

        return names;
    }

    private static void Add(List<string> names, JsonElement? name)
    {
        if (name is { ValueKind: JsonValueKind.String } text && String(text) is var value && IsName(value))
        {
            names.Add(value);
        }
    }

    private static ToolUse Use(string name, int called)
    {
        var end = name.StartsWith(McpPrefix, StringComparison.Ordinal) ? name.IndexOf("__", McpPrefix.Length, StringComparison.Ordinal) : -1;
        return end > 0 ? new ToolUse(name[McpPrefix.Length..end], name[(end + 2)..], called) : new ToolUse("", name, called);
    }

    private static bool IsName(string name) => name.Length is > 0 and <= LongestName;
}
