using System.Text;
using System.Text.Json;
using static AktoDivert.Console.Calls.LenientJson;

namespace AktoDivert.Console.Calls;

/// <summary>
/// Reads tool calls and their results out of the bodies of the common AI APIs: Anthropic (<c>tool_use</c>, <c>tool_result</c>), OpenAI chat
/// (<c>tool_calls</c>, role <c>tool</c>), OpenAI responses (<c>function_call</c>, <c>function_call_output</c>), Gemini (<c>functionCall</c>), MCP
/// (<c>tools/call</c>). Never throws: bodies are whatever an app sends.
/// </summary>
internal static class ToolCalls
{
    private const int Most = 500;
    private const int Deepest = 12;

    /// <summary>The calls, those of this call's own answer first.</summary>
    public static IReadOnlyList<ToolCall> Read(string request, string response)
    {
        var (calls, results) = (new List<ToolCall>(), new Dictionary<string, string>(StringComparer.Ordinal));
        ReadBody(response, isAnswer: true, calls, results);
        ReadBody(request, isAnswer: false, calls, results);
        return calls.ConvertAll(c => c.Id.Length > 0 && results.TryGetValue(c.Id, out var result) ? c with { Result = result } : c);
    }

    private static void ReadBody(string body, bool isAnswer, List<ToolCall> calls, Dictionary<string, string> results)
    {
        using var document = Parse(body);
        if (document is not null)
        {
            Walk(document.RootElement, isAnswer, calls, results, 0);
            return;
        }

        foreach (var text in EventLines.Of(body))
        {
            using var line = Parse(text);
            if (line is not null)
            {
                Walk(line.RootElement, isAnswer, calls, results, 0);
            }
        }
    }

    // The shapes nest their messages differently and name a tool's call alike, so the names are looked for wherever they stand.
    private static void Walk(JsonElement element, bool isAnswer, List<ToolCall> calls, Dictionary<string, string> results, int depth)
    {
        if (depth > Deepest || calls.Count >= Most)
        {
            return;
        }

        if (element.ValueKind == JsonValueKind.Object)
        {
            if (Call(element, isAnswer) is { } call)
            {
                calls.Add(call);
                return;
            }

            if (Result(element) is var (id, result))
            {
                results[id] = result;
                return;
            }

            foreach (var member in element.EnumerateObject().Where(m => m.Name is not "tools" and not "input_schema"))
            {
                Walk(member.Value, isAnswer, calls, results, depth + 1);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                Walk(item, isAnswer, calls, results, depth + 1);
            }
        }
    }

    private static ToolCall? Call(JsonElement element, bool isAnswer)
    {
        var type = Text(element, "type");
        if (type is "tool_use" or "mcp_tool_use" or "server_tool_use" && Text(element, "name") is { Length: > 0 } used)
        {
            return new ToolCall(used, Text(element, "id"), Raw(element, "input"), null, isAnswer);
        }

        if (type is "function_call" or "custom_tool_call" && Text(element, "name") is { Length: > 0 } called)
        {
            return new ToolCall(called, Text(element, "call_id"), Raw(element, "arguments") is { Length: > 0 } a ? a : Raw(element, "input"), null, isAnswer);
        }

        if (Member(element, "functionCall") is { } gemini && Text(gemini, "name") is { Length: > 0 } named)
        {
            return new ToolCall(named, Text(gemini, "id"), Raw(gemini, "args"), null, isAnswer);
        }

        if (Text(element, "method") == "tools/call" && Member(element, "params") is { } mcp && Text(mcp, "name") is { Length: > 0 } tool)
        {
            return new ToolCall(tool, Raw(element, "id"), Raw(mcp, "arguments"), null, isAnswer);
        }

        return Member(element, "function") is { } function && Text(function, "name") is { Length: > 0 } name && Member(function, "arguments") is not null
            ? new ToolCall(name, Text(element, "id"), Raw(function, "arguments"), null, isAnswer)
            : null;
    }

    private static (string Id, string Text)? Result(JsonElement element) => (Text(element, "type"), Text(element, "role")) switch
    {
        ("tool_result", _) => (Text(element, "tool_use_id"), Content(Member(element, "content"))),
        ("function_call_output" or "custom_tool_call_output", _) => (Text(element, "call_id"), Raw(element, "output")),
        (_, "tool") => (Text(element, "tool_call_id"), Content(Member(element, "content"))),
        _ => null,
    };

    private static string Content(JsonElement? content)
    {
        if (content is { ValueKind: JsonValueKind.Array })
        {
            return Items(content).Aggregate(new StringBuilder(), (all, part) => all.AppendLine(Text(part, "text"))).ToString().TrimEnd();
        }

        return content is { } one ? Show(one) : "";
    }

    private static string Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? String(text) : "";

    private static string Raw(JsonElement element, string name) => Member(element, name) is { } value ? Show(value) : "";

    private static string Show(JsonElement value) => value.ValueKind == JsonValueKind.String ? String(value) : value.GetRawText();
}
