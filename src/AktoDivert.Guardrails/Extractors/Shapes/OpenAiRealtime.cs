using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>OpenAI realtime over WebSocket: its texts; audio is left alone.</summary>
internal sealed class OpenAiRealtime : ApiShape
{
    /// <inheritdoc />
    public override string Id => "openai.realtime";

    /// <inheritdoc />
    public override AnswerStyle Answers => AnswerStyle.OpenAiResponses;

    /// <inheritdoc />
    public override bool Matches(CallTarget target) => target.Path.StartsWith("/v1/realtime", StringComparison.Ordinal);

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request)
    {
        var tree = request.Tree;
        request.Skip(request.Member("audio"u8));
        request.Add(tree.Member(request.Member("session"u8), "instructions"u8), TextKind.System);
        request.Content(tree.Member(request.Member("item"u8), "content"u8), TextKind.User, -1);
    }

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer)
    {
        var tree = answer.Tree;
        var type = answer.Member("type"u8);
        var name = tree.IsString(type) ? tree.Raw(type) : default;
        var item = tree.Word(answer.Member("item_id"u8)) ?? "item";
        if (name.IndexOf("audio.delta"u8) >= 0)
        {
            return;
        }

        answer.Delta(answer.Member("delta"u8), item, TextKind.Assistant);
        if (name.EndsWith(".done"u8))
        {
            answer.Whole(answer.Member("text"u8), TextKind.Assistant);
            answer.Whole(answer.Member("transcript"u8), TextKind.Assistant);
            answer.End(item);
        }
    }
}
