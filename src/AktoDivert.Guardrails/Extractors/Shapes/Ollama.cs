using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>Ollama's own API (ollama/ollama server/routes.go): the answer as one JSON text a line.</summary>
internal sealed class Ollama : ApiShape
{
    /// <inheritdoc />
    public override string Id => "ollama.chat";

    /// <inheritdoc />
    public override AnswerStyle Answers => AnswerStyle.Ollama;

    /// <inheritdoc />
    public override bool Matches(CallTarget target) => target.Path is "/api/chat" or "/api/generate" or "/api/embed" or "/api/embeddings";

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request)
    {
        var (tree, call) = (request.Tree, request.Call);
        call.RequestModel = tree.Word(request.Member("model"u8));
        call.Operation = request.Target.Path.StartsWith("/api/embed", StringComparison.Ordinal) ? "embeddings"
            : request.Target.Path is "/api/generate" ? "text_completion" : "chat";
        call.Stream = request.Member("stream"u8) < 0 || tree.IsTrue(request.Member("stream"u8));
        request.Add(request.Member("system"u8), TextKind.System);
        request.Add(request.Member("prompt"u8), TextKind.User);
        request.AddWithin(request.Member("input"u8), TextKind.User);
        Images(request, request.Member("images"u8));
        foreach (var item in request.Items(request.Member("messages"u8)))
        {
            var role = tree.Member(item, "role"u8);
            var isAnswer = tree.Is(role, "assistant"u8);
            var kind = isAnswer ? TextKind.Assistant : tree.Is(role, "system"u8) ? TextKind.System : tree.Is(role, "tool"u8) ? TextKind.ToolResult : TextKind.User;
            var message = kind == TextKind.System ? -1 : request.Message(item, isAnswer);
            request.Content(tree.Member(item, "content"u8), kind, message);
            request.AddWithin(tree.Member(item, "tool_calls"u8), TextKind.ToolCall, message);
            Images(request, tree.Member(item, "images"u8));
        }
    }

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer)
    {
        var (tree, call) = (answer.Tree, answer.Call);
        var message = answer.Member("message"u8);
        call.ResponseModel = tree.Word(answer.Member("model"u8)) ?? call.ResponseModel;
        answer.Delta(tree.Member(message, "content"u8), "content", TextKind.Assistant);
        answer.Delta(tree.Member(message, "thinking"u8), "thinking", TextKind.Reasoning);
        answer.Delta(answer.Member("response"u8), "response", TextKind.Assistant);
        answer.Delta(answer.Member("thinking"u8), "thinking", TextKind.Reasoning);
        foreach (var tool in answer.Items(tree.Member(message, "tool_calls"u8)))
        {
            answer.Tool(tree.Word(tree.Member(tool, "function"u8, "name"u8)));
            answer.WholeWithin(tree.Member(tool, "function"u8, "arguments"u8), TextKind.ToolCall);
        }

        if (tree.IsTrue(answer.Member("done"u8)))
        {
            call.AddFinish(tree.Word(answer.Member("done_reason"u8)));
            call.InputTokens = tree.Number(answer.Member("prompt_eval_count"u8)) ?? call.InputTokens;
            call.OutputTokens = tree.Number(answer.Member("eval_count"u8)) ?? call.OutputTokens;
            answer.End("");
        }
    }

    private static void Images(RequestReader request, int images)
    {
        foreach (var image in request.Items(images))
        {
            request.Call.AddAttachment(null, "image", request.Tree.Length(image) / 4L * 3);
        }

        request.Skip(images);
    }
}
