using AktoDivert.Guardrails.Extractors.Shapes;
using AktoDivert.Guardrails.Json;

namespace AktoDivert.Guardrails.Extractors;

/// <summary>The API shapes, and which of them a call is in: by host and path first, then by the body, since gateways use others' shapes on any host.</summary>
internal static class ShapeCatalogue
{
    private static readonly ApiShape[] Known =
    [
        new ClaudeWeb(), new Codex(), new ChatGptWeb(), new GeminiWeb(), new PerplexityWeb(), new CopilotSocket(), new SignalRCopilot(), new Bedrock(),
        new OpenAiRealtime(), new ConnectShape(), new Mcp(), new AnthropicMessages(), new OpenAiChat(), new OpenAiResponses(), new OpenAiCompletions(),
        new GoogleGenerate(), new Cohere(), new Ollama(),
    ];

    /// <summary>All shapes, the more particular ones first.</summary>
    public static IReadOnlyList<ApiShape> All => Known;

    /// <summary>The shape by its id; null when there is none.</summary>
    public static ApiShape? Named(string id) => All.FirstOrDefault(shape => shape.Id == id);

    /// <summary>The shape by host and path; null when they do not tell.</summary>
    public static ApiShape? ByTarget(CallTarget target)
    {
        foreach (var shape in Known)
        {
            if (shape.Matches(target))
            {
                return shape;
            }
        }

        return null;
    }

    /// <summary>The shape by host and path, else by the body, else <see cref="AnyJson"/>.</summary>
    public static ApiShape Recognise(CallTarget target, JsonTree body) => ByTarget(target) ?? ByBody(target, body) ?? AnyJson.Instance;

    // Loops, since a predicate is garbage of every call.
    private static ApiShape? ByBody(CallTarget target, JsonTree body)
    {
        foreach (var shape in Known)
        {
            if (shape.Sniffs(target, body))
            {
                return shape;
            }
        }

        return null;
    }
}
