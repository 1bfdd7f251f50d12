using System.Text;
using System.Text.Json;
using AktoDivert.Core.Wire;
using static AktoDivert.Console.Calls.LenientJson;

namespace AktoDivert.Console.Calls;

/// <summary>
/// Reads the conversation out of the bodies of the common AI APIs (Anthropic messages, OpenAI chat completions and responses, Gemini,
/// plain prompts). Shapes it does not know yield nothing. Never throws: bodies are whatever an app sends.
/// </summary>
internal static class ChatText
{
    private const int MostTurns = 500;

    /// <summary>The turns, oldest first, the call's own answer last.</summary>
    public static IReadOnlyList<ChatTurn> Read(string request, string response, IReadOnlyList<AuditMessage> messages)
    {
        var turns = new List<ChatTurn>();
        ReadBody(request, isAnswer: false, turns);
        // The bodies of a WebSocket turn are assembled from its messages; those matter only when the bodies say nothing.
        foreach (var sent in messages.Where(m => m.FromApp && turns.Count == 0))
        {
            ReadBody(sent.Text, isAnswer: false, turns);
        }

        ReadBody(response, isAnswer: true, turns);
        if (!turns.Exists(t => t.IsAnswer))
        {
            ReadEvents(messages.Where(m => !m.FromApp).Select(m => m.Text), turns);
        }

        return turns;
    }

    private static void ReadBody(string body, bool isAnswer, List<ChatTurn> turns)
    {
        if (Parse(body) is not { } document)
        {
            ReadEvents(EventLines.Of(body), turns);
            return;
        }

        using (document)
        {
            // Akto's clients wrap bodies as {"body": ...}, as text or as JSON.
            var root = document.RootElement;
            if (Member(root, "body") is { ValueKind: JsonValueKind.String } wrapped && String(wrapped) is { Length: > 0 } inner && inner != body)
            {
                ReadBody(inner, isAnswer, turns);
                return;
            }

            ReadRoot(Member(root, "body") is { ValueKind: JsonValueKind.Object } unwrapped ? unwrapped : root, isAnswer, turns);
        }
    }

    private static void ReadRoot(JsonElement root, bool isAnswer, List<ChatTurn> turns)
    {
        var role = isAnswer ? "assistant" : "user";
        Add(turns, "system", Member(root, "system") ?? Member(root, "instructions"), isAnswer);
        AddAll(turns, Member(root, "messages"), role, isAnswer);
        AddAll(turns, Member(root, "contents"), role, isAnswer);
        AddAll(turns, Member(root, "output"), role, isAnswer);
        if (Member(root, "input") is { } input)
        {
            AddAll(turns, input, role, isAnswer);
        }

        Add(turns, role, Member(root, "prompt"), isAnswer);
        foreach (var choice in Items(Member(root, "choices")).Concat(Items(Member(root, "candidates"))))
        {
            Add(turns, role, Member(choice, "message") ?? Member(choice, "content") ?? Member(choice, "text"), isAnswer);
        }

        Add(turns, Text(Member(root, "role")) is { Length: > 0 } own ? own : role, Member(root, "content"), isAnswer);
    }

    /// <summary>Joins the text deltas of a stream into one turn.</summary>
    private static void ReadEvents(IEnumerable<string> events, List<ChatTurn> turns)
    {
        var answer = new StringBuilder();
        foreach (var text in events)
        {
            using var document = Parse(text);
            if (document is not null)
            {
                answer.Append(Delta(document.RootElement));
            }
        }

        if (answer.Length > 0)
        {
            turns.Add(new ChatTurn("assistant", answer.ToString(), IsAnswer: true));
        }
    }

    private static string Delta(JsonElement root)
    {
        if (Member(root, "delta") is { } delta)
        {
            // OpenAI's responses API streams other things as bare strings too (arguments, reasoning); only its text events are an answer.
            var isText = delta.ValueKind != JsonValueKind.String || Text(Member(root, "type")).EndsWith("output_text.delta", StringComparison.Ordinal);
            return isText ? Text(Member(delta, "text") ?? delta) : "";
        }

        return string.Concat(Items(Member(root, "choices")).Select(c => Text(Member(c, "delta") is { } d ? Member(d, "content") : null)))
            + string.Concat(Items(Member(root, "candidates")).Select(c => Text(Member(c, "content"))));
    }

    private static void AddAll(List<ChatTurn> turns, JsonElement? list, string role, bool isAnswer)
    {
        if (list is { ValueKind: JsonValueKind.String })
        {
            Add(turns, role, list, isAnswer);
        }

        foreach (var message in Items(list))
        {
            var named = Text(Member(message, "role")) is { Length: > 0 } own ? own : role;
            Add(turns, IsToolResult(message) ? "tool" : named, message, isAnswer);
        }
    }

    private static void Add(List<ChatTurn> turns, string role, JsonElement? element, bool isAnswer)
    {
        if (turns.Count < MostTurns && Text(element) is { Length: > 0 } text)
        {
            turns.Add(new ChatTurn(role, text, isAnswer));
        }
    }

    // Anthropic's apps send what a tool returned as the user's next message.
    private static bool IsToolResult(JsonElement message) =>
        Items(Member(message, "content")) is { Count: > 0 } parts && parts.TrueForAll(p => Text(Member(p, "type")) == "tool_result");

    /// <summary>The text in a message or a part of one: a string, a list of parts, or an object that holds either.</summary>
    private static string Text(JsonElement? element)
    {
        switch (element?.ValueKind)
        {
            case JsonValueKind.String:
                return String(element.Value);
            case JsonValueKind.Array:
                return string.Join("\n", Items(element).Select(e => Text(e)).Where(t => t.Length > 0));
            case JsonValueKind.Object:
                var named = Member(element.Value, "text") ?? Member(element.Value, "content") ?? Member(element.Value, "parts");
                return named is null && Member(element.Value, "name") is { } tool && Member(element.Value, "input") is { } input
                    ? $"{Text(tool)} {input.GetRawText()}"
                    : Text(named);
            default:
                return "";
        }
    }
}
