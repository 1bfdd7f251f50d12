using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>Microsoft Copilot's WebSocket (undocumented).</summary>
internal sealed class CopilotSocket : ApiShape
{
    /// <inheritdoc />
    public override string Id => "ms.copilot_ws";

    /// <inheritdoc />
    public override AnswerStyle Answers => AnswerStyle.Copilot;

    /// <inheritdoc />
    public override bool Matches(CallTarget target) => target.Path.StartsWith("/c/api/chat", StringComparison.Ordinal);

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request)
    {
        request.Call.ConversationId = request.Tree.Word(request.Member("conversationId"u8));
        request.Content(request.Member("content"u8), TextKind.User, -1);
    }

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer)
    {
        var tree = answer.Tree;
        var name = answer.Member("event"u8);
        if (tree.Is(name, "appendText"u8))
        {
            answer.Delta(answer.Member("text"u8), tree.Word(answer.Member("messageId"u8)) ?? "text", TextKind.Assistant);
        }
        else if (tree.Is(name, "done"u8) || tree.Is(name, "partCompleted"u8))
        {
            answer.End("");
        }
    }
}
