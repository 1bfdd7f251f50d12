using System.Text.Json.Nodes;

namespace AktoDivert.Lab.Upstream.Shapes;

/// <summary>OpenAI's responses API, JSON and event stream; Codex speaks it over HTTPS when WebSockets are refused.</summary>
internal static class OpenAiResponses
{
    public static Task AnswerAsync(HttpContext context)
    {
        var question = Answers.Question(context);
        var events = Events(Answers.Model(question));
        return Answers.Streams(context, question)
            ? Answers.StreamAsync(context, events.Select(e => $"event: {e["type"]}\ndata: {e.ToJsonString()}\n\n"), Answers.EventInterval)
            : Answers.JsonAsync(context, 200, events[^1]["response"]!);
    }

    /// <summary>The events of one answered turn, in order.</summary>
    /// <param name="model">Name of the model, given back to the client.</param>
    /// <param name="warmUp">A turn that only prepares the connection has no output.</param>
    public static IReadOnlyList<JsonObject> Events(string model, bool warmUp = false)
    {
        var response = $"resp_{Guid.NewGuid():n}";
        var item = $"msg_{Guid.NewGuid():n}";
        if (warmUp)
        {
            return Number([new() { ["type"] = "response.created", ["response"] = Response(response, model, null) }, Completed(response, model, [])]);
        }

        return Number(
        [
            new() { ["type"] = "response.created", ["response"] = Response(response, model, null) },
            new() { ["type"] = "response.in_progress", ["response"] = Response(response, model, null) },
            new() { ["type"] = "response.output_item.added", ["output_index"] = 0, ["item"] = Item(item, "in_progress", []) },
            OfPart("response.content_part.added", item, "part", Part("")),
            .. Answers.Pieces.Select(piece => OfPart("response.output_text.delta", item, "delta", piece)),
            OfPart("response.output_text.done", item, "text", Answers.Text),
            OfPart("response.content_part.done", item, "part", Part(Answers.Text)),
            new() { ["type"] = "response.output_item.done", ["output_index"] = 0, ["item"] = Item(item, "completed", [Part(Answers.Text)]) },
            Completed(response, model, [Item(item, "completed", [Part(Answers.Text)])]),
        ]);
    }

    private static List<JsonObject> Number(List<JsonObject> events)
    {
        for (var number = 0; number < events.Count; number++)
        {
            events[number]["sequence_number"] = number;
        }

        return events;
    }

    private static JsonObject OfPart(string type, string item, string member, JsonNode content) =>
        new() { ["type"] = type, ["item_id"] = item, ["output_index"] = 0, ["content_index"] = 0, [member] = content };

    private static JsonObject Part(string text) => new() { ["type"] = "output_text", ["text"] = text, ["annotations"] = new JsonArray() };

    private static JsonObject Item(string id, string status, JsonArray content) =>
        new() { ["id"] = id, ["type"] = "message", ["status"] = status, ["role"] = "assistant", ["content"] = content };

    private static JsonObject Completed(string id, string model, JsonArray output) =>
        new() { ["type"] = "response.completed", ["response"] = Response(id, model, output) };

    private static JsonObject Response(string id, string model, JsonArray? output) => new()
    {
        ["id"] = id,
        ["object"] = "response",
        ["created_at"] = 1_700_000_000,
        ["status"] = output is null ? "in_progress" : "completed",
        ["model"] = model,
        ["output"] = output ?? [],
        ["error"] = null,
        ["incomplete_details"] = null,
        ["usage"] = output is null ? null : new JsonObject
        {
            ["input_tokens"] = 11,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = 0 },
            ["output_tokens"] = 12,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0 },
            ["total_tokens"] = 23,
        },
    };
}
