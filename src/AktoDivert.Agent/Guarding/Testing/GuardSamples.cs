using System.Text.Json;
using System.Text.Json.Nodes;

namespace AktoDivert.Agent.Guarding.Testing;

/// <summary>
/// Reads calls from a text (one prompt), from a HAR file (as browsers and AktoDivert's console export it), or from lines of JSON: each with
/// <c>text</c>, with <c>url</c> and <c>body</c>, or a record as <c>tail --calls --json</c> writes it.
/// </summary>
internal static class GuardSamples
{
    private static readonly Dictionary<string, (string Host, string Path, Func<string, JsonObject> Body)> Shapes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["anthropic.messages"] = ("api.anthropic.com", "/v1/messages", text => new() { ["model"] = "test", ["messages"] = Messages(text) }),
        ["anthropic.claude_web"] = ("claude.ai", "/api/organizations/o/chat_conversations/c/completion", text => new() { ["prompt"] = text }),
        ["openai.chat"] = ("api.openai.com", "/v1/chat/completions", text => new() { ["model"] = "test", ["messages"] = Messages(text) }),
        ["openai.completions"] = ("api.openai.com", "/v1/completions", text => new() { ["model"] = "test", ["prompt"] = text }),
        ["openai.responses"] = ("api.openai.com", "/v1/responses", text => new() { ["model"] = "test", ["input"] = text }),
        ["openai.codex"] = ("chatgpt.com", "/backend-api/codex/responses", text => new() { ["model"] = "test", ["input"] = text }),
        ["openai.chatgpt_web"] = ("chatgpt.com", "/backend-api/conversation", text => new() { ["messages"] = new JsonArray(new JsonObject { ["content"] = new JsonObject { ["parts"] = new JsonArray(text) } }) }),
        ["google.generate"] = ("generativelanguage.googleapis.com", "/v1beta/models/test:generateContent", text => new() { ["contents"] = new JsonArray(new JsonObject { ["role"] = "user", ["parts"] = new JsonArray(new JsonObject { ["text"] = text }) }) }),
        ["cohere.chat"] = ("api.cohere.com", "/v2/chat", text => new() { ["model"] = "test", ["messages"] = Messages(text) }),
        ["ollama.chat"] = ("127.0.0.1", "/api/chat", text => new() { ["model"] = "test", ["messages"] = Messages(text) }),
        ["perplexity.web"] = ("www.perplexity.ai", "/rest/sse/perplexity_ask", text => new() { ["query_str"] = text }),
        ["mcp.http"] = ("mcp.example.org", "/mcp", text => new() { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = "tools/call", ["params"] = new JsonObject { ["name"] = "test", ["arguments"] = new JsonObject { ["text"] = text } } }),
    };

    /// <summary>Shapes that a text can be put into.</summary>
    public static IReadOnlyCollection<string> ShapeNames => Shapes.Keys;

    /// <summary>Reads the input.</summary>
    /// <param name="input">The whole input.</param>
    /// <param name="shape">Shape that texts are put into.</param>
    public static IReadOnlyList<GuardSample> Read(string input, string shape)
    {
        if (Parse(input) is JsonObject root && root["log"]?["entries"] is JsonArray entries)
        {
            return [.. entries.OfType<JsonObject>().Select(Har).OfType<GuardSample>()];
        }

        var lines = input.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var objects = lines.Select(line => line.StartsWith('{') ? Parse(line) as JsonObject : null).ToArray();
        return objects.Length > 0 && objects.All(o => o is not null && IsSample(o))
            ? [.. objects.Select(o => Line(o!, shape))]
            : [Text(input, shape)];
    }

    private static bool IsSample(JsonObject line) => line["text"] is not null || line["body"] is not null || line["requestPayload"] is not null || line["call"] is not null;

    private static GuardSample Line(JsonObject line, string shape)
    {
        line = line["call"] as JsonObject ?? line;
        if (Word(line["text"]) is { } text)
        {
            return Text(text, shape);
        }

        var url = Word(line["url"]) ?? Word(line["aktodivert"]?["url"]) ?? "https://unknown/";
        var body = line["body"] is JsonNode node and not JsonValue ? node.ToJsonString() : Word(line["body"]) ?? Word(line["requestPayload"]) ?? "";
        return At(url, Word(line["method"]) ?? "POST", [new("content-type", "application/json")], body) with
        {
            AnswerType = line["responsePayload"] is null ? "" : "application/json",
            Answer = Word(line["responsePayload"]) ?? "",
        };
    }

    private static GuardSample? Har(JsonObject entry)
    {
        var request = entry["request"];
        var content = entry["response"]?["content"];
        if (Word(request?["url"]) is not { } url)
        {
            return null;
        }

        var fields = (request!["headers"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(h => new KeyValuePair<string, string>((Word(h["name"]) ?? "").ToLowerInvariant(), Word(h["value"]) ?? ""))
            .Where(h => h.Key.Length > 0 && !h.Key.StartsWith(':')).ToList();
        return At(url, Word(request["method"]) ?? "GET", fields, Word(request["postData"]?["text"]) ?? "") with
        {
            AnswerType = Word(content?["encoding"]) == "base64" ? "" : Word(content?["mimeType"]) ?? "",
            Answer = Word(content?["text"]) ?? "",
        };
    }

    private static GuardSample Text(string text, string shape)
    {
        var (host, path, body) = Shapes[shape];
        return new GuardSample("POST", host, path, [new("content-type", "application/json")], body(text).ToJsonString());
    }

    private static GuardSample At(string url, string method, IReadOnlyList<KeyValuePair<string, string>> fields, string body) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
            ? new GuardSample(method, uri.IdnHost, uri.PathAndQuery, fields, body)
            : new GuardSample(method, "unknown", url, fields, body);

    private static JsonArray Messages(string text) => new(new JsonObject { ["role"] = "user", ["content"] = text });

    private static string? Word(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
