using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>Cohere chat, version 2 (docs.cohere.com/v2/docs/streaming).</summary>
internal sealed class Cohere : ApiShape
{
    /// <inheritdoc />
    public override string Id => "cohere.chat";

    /// <inheritdoc />
    public override AnswerStyle Answers => AnswerStyle.Cohere;

    /// <inheritdoc />
    public override bool Matches(CallTarget target) => target.Path is "/v2/chat";

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request)
    {
        var (tree, call) = (request.Tree, request.Call);
        call.RequestModel = tree.Word(request.Member("model"u8));
        call.Stream = tree.IsTrue(request.Member("stream"u8));
        foreach (var item in request.Items(request.Member("messages"u8)))
        {
            var role = tree.Member(item, "role"u8);
            var isAnswer = tree.Is(role, "assistant"u8);
            var kind = isAnswer ? TextKind.Assistant : tree.Is(role, "system"u8) ? TextKind.System : tree.Is(role, "tool"u8) ? TextKind.ToolResult : TextKind.User;
            request.Content(tree.Member(item, "content"u8), kind, kind == TextKind.System ? -1 : request.Message(item, isAnswer));
        }
    }

    /// <inheritdoc />
    public override void ReadResponse(AnswerReader answer)
    {
        answer.Call.ResponseId = answer.Tree.Word(answer.Member("id"u8));
        Message(answer, answer.Root);
        foreach (var block in answer.Items(answer.Tree.Member(answer.Member("message"u8), "content"u8)))
        {
            answer.Whole(answer.Tree.Member(block, "text"u8), TextKind.Assistant);
        }

        foreach (var tool in answer.Items(answer.Tree.Member(answer.Member("message"u8), "tool_calls"u8)))
        {
            answer.Tool(answer.Tree.Word(answer.Tree.Member(tool, "function"u8, "name"u8)));
            answer.Whole(answer.Tree.Member(tool, "function"u8, "arguments"u8), TextKind.ToolCall);
        }
    }

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer)
    {
        var tree = answer.Tree;
        var type = answer.Member("type"u8);
        var message = tree.Member(answer.Member("delta"u8), "message"u8);
        var channel = AnswerReader.Channel("content", tree.Number(answer.Member("index"u8)));
        if (tree.Is(type, "content-delta"u8))
        {
            answer.Delta(tree.Member(message, "content"u8, "text"u8), channel, TextKind.Assistant);
        }
        else if (tree.Is(type, "tool-call-start"u8) || tree.Is(type, "tool-call-delta"u8))
        {
            var function = tree.Member(message, "tool_calls"u8, "function"u8);
            answer.Tool(tree.Word(tree.Member(function, "name"u8)));
            answer.Delta(tree.Member(function, "arguments"u8), "tool/" + channel, TextKind.ToolCall);
        }
        else if (tree.Is(type, "content-end"u8))
        {
            answer.End(channel);
        }
        else if (tree.Is(type, "message-end"u8))
        {
            Message(answer, answer.Member("delta"u8));
            answer.End("");
        }
        else if (tree.Is(type, "message-start"u8))
        {
            answer.Call.ResponseId = tree.Word(answer.Member("id"u8)) ?? answer.Call.ResponseId;
        }
    }

    private static void Message(AnswerReader answer, int node)
    {
        var (tree, call) = (answer.Tree, answer.Call);
        call.AddFinish(tree.Word(tree.Member(node, "finish_reason"u8)));
        var tokens = tree.Member(node, "usage"u8, "tokens"u8);
        call.InputTokens = tree.Number(tree.Member(tokens, "input_tokens"u8)) ?? call.InputTokens;
        call.OutputTokens = tree.Number(tree.Member(tokens, "output_tokens"u8)) ?? call.OutputTokens;
    }
}
