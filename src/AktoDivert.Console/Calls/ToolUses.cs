using System.Text.Json;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Wire;
using static AktoDivert.Console.Calls.LenientJson;

namespace AktoDivert.Console.Calls;

/// <summary>
/// Finds the tools of a call: those that its request offers (the member <c>tools</c> of the Anthropic, OpenAI and Gemini APIs) and those that its
/// answer calls; of MCP itself, those that a server lists and those that are called. <see cref="McpToolName"/> says which server a tool is of.
/// </summary>
internal static class ToolUses
{
    private const int MostTools = 300;
    private const int LongestName = 128;
    private const string ListMethod = "tools/list";

    /// <summary>The tools, each once. Never throws: bodies are whatever an app sends.</summary>
    /// <param name="request">Body of the request.</param>
    /// <param name="response">Body of the answer.</param>
    /// <param name="host">Host called.</param>
    /// <param name="facts">What the agent understood of the call; null when it is none that it knows.</param>
    public static IReadOnlyList<ToolUse> Find(string request, string response, string host, AuditAiCall? facts)
    {
        // Most bodies hold no tools, and nothing is made for those.
        var lists = facts?.McpMethod == ListMethod;
        var offers = request.Contains("\"tools\"", StringComparison.Ordinal);
        if (!lists && !offers && facts?.ToolNames is not { Count: > 0 })
        {
            return [];
        }

        var called = (facts?.ToolNames ?? []).Where(IsName).GroupBy(n => n, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        var offered = lists ? Listed(response) : offers ? Offered(request) : [];
        return [.. offered.Concat(called.Keys).Distinct(StringComparer.Ordinal).Take(MostTools).Select(n => Use(n, called.GetValueOrDefault(n), facts?.McpMethod is null ? "" : host))];
    }

    private static List<string> Offered(string request)
    {
        using var document = Parse(request);
        return document is null ? [] : Names(document.RootElement);
    }

    // An MCP server answers with JSON or with one event.
    private static List<string> Listed(string response)
    {
        using var document = Parse(response) ?? EventLines.Of(response).Select(Parse).FirstOrDefault(d => d is not null);
        return document is not null && Member(document.RootElement, "result") is { } result ? Names(result) : [];
    }

    private static List<string> Names(JsonElement holder)
    {
        var names = new List<string>();
        foreach (var tool in Items(Member(holder, "tools")).Take(MostTools))
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

    private static ToolUse Use(string name, int called, string server) => server.Length == 0 && McpToolName.Parse(name) is { } tool
        ? new ToolUse(tool.Server, tool.Tool, called)
        : new ToolUse(server, name, called);

    private static bool IsName(string name) => name.Length is > 0 and <= LongestName;
}
