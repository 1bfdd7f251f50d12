using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Json;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>
/// OpenAI chat completions (openai-openapi 2.3.0), spoken by OpenAI, Azure, GitHub Copilot, Mistral, Groq, xAI, DeepSeek, OpenRouter, Perplexity's
/// API, LM Studio, Ollama and most gateways.
/// </summary>
internal sealed class OpenAiChat : ApiShape
{
    /// <inheritdoc />
    public override string Id => "openai.chat";

    /// <inheritdoc />
    public override bool Matches(CallTarget target) => target.Path.EndsWith("/chat/completions", StringComparison.Ordinal);

    /// <inheritdoc />
    public override bool Sniffs(CallTarget target, JsonTree body) =>
        body.IsArray(body.Member(body.Root, "messages"u8)) && body.IsString(body.Member(body.Root, "model"u8));

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request)
    {
        var (tree, call) = (request.Tree, request.Call);
        call.RequestModel = tree.Word(request.Member("model"u8)) ?? Providers.Deployment(request.Target.Path);
        call.Stream = tree.IsTrue(request.Member("stream"u8));
        call.ConversationId = tree.Word(request.Member("prompt_cache_key"u8));
        foreach (var item in request.Items(request.Member("messages"u8)))
        {
            var role = tree.Member(item, "role"u8);
            var isAnswer = tree.Is(role, "assistant"u8) || tree.Is(role, "model"u8);
            var kind = isAnswer ? TextKind.Assistant
                : tree.Is(role, "system"u8) || tree.Is(role, "developer"u8) ? TextKind.System
                : tree.Is(role, "tool"u8) || tree.Is(role, "function"u8) ? TextKind.ToolResult
                : TextKind.User;

            // Instructions stay new: they are no answered turn, and the guard's memory keeps them from being scanned again.
            var message = kind == TextKind.System ? -1 : request.Message(item, isAnswer);
            request.Content(tree.Member(item, "content"u8), kind, message);
            foreach (var tool in request.Items(tree.Member(item, "tool_calls"u8)))
            {
                request.Add(tree.Member(tool, "function"u8, "arguments"u8), TextKind.ToolCall, message);
            }
        }
    }

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer)
    {
        var (tree, call) = (answer.Tree, answer.Call);
        OpenAiFields.Answer(answer);
        OpenAiFields.ChatUsage(answer, answer.Member("usage"u8));
        foreach (var choice in answer.Items(answer.Member("choices"u8)))
        {
            var number = tree.Number(tree.Member(choice, "index"u8));
            Delta(answer, tree.Member(choice, "delta"u8), number);
            Message(answer, tree.Member(choice, "message"u8));
            if (tree.IsString(tree.Member(choice, "finish_reason"u8)))
            {
                call.AddFinish(tree.Word(tree.Member(choice, "finish_reason"u8)));
                answer.End(AnswerReader.Channel("choice", number) + "/");
            }
        }
    }

    private static void Delta(AnswerReader answer, int delta, long? number)
    {
        var tree = answer.Tree;
        if (!tree.IsObject(delta))
        {
            return;
        }

        var choice = AnswerReader.Channel("choice", number);
        answer.Delta(tree.Member(delta, "content"u8), choice + "/content", TextKind.Assistant);
        answer.Delta(tree.Member(delta, "refusal"u8), choice + "/refusal", TextKind.Assistant);
        answer.Delta(tree.Member(delta, "reasoning_content"u8), choice + "/reasoning", TextKind.Reasoning);
        foreach (var tool in answer.Items(tree.Member(delta, "tool_calls"u8)))
        {
            var function = tree.Member(tool, "function"u8);
            answer.Tool(tree.Word(tree.Member(function, "name"u8)));
            answer.Delta(
                tree.Member(function, "arguments"u8),
                choice + AnswerReader.Channel("/tool", tree.Number(tree.Member(tool, "index"u8))),
                TextKind.ToolCall);
        }
    }

    private static void Message(AnswerReader answer, int message)
    {
        var tree = answer.Tree;
        var content = tree.Member(message, "content"u8);
        answer.Whole(content, TextKind.Assistant);
        if (tree.IsArray(content))
        {
            answer.WholeWithin(content, TextKind.Assistant);
        }

        answer.Whole(tree.Member(message, "refusal"u8), TextKind.Assistant);
        answer.Whole(tree.Member(message, "reasoning_content"u8), TextKind.Reasoning);
        foreach (var tool in answer.Items(tree.Member(message, "tool_calls"u8)))
        {
            var function = tree.Member(tool, "function"u8);
            answer.Tool(tree.Word(tree.Member(function, "name"u8)));
            answer.Whole(tree.Member(function, "arguments"u8), TextKind.ToolCall);
        }
    }
}
