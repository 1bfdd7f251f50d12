using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>Microsoft 365 Copilot over SignalR (undocumented): JSON texts ended by 0x1e in WebSocket messages; the answer grows in each
/// of them, and the last has it whole.</summary>
internal sealed class SignalRCopilot : ApiShape
{
    /// <inheritdoc />
    public override string Id => "ms.m365_signalr";

    /// <inheritdoc />
    public override AnswerStyle Answers => AnswerStyle.SignalR;

    /// <inheritdoc />
    public override StreamFraming Messages => StreamFraming.Records;

    /// <inheritdoc />
    public override bool Matches(CallTarget target) => target.Path.StartsWith("/m365Copilot/Chathub", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request)
    {
        foreach (var argument in request.Items(request.Member("arguments"u8)))
        {
            request.Add(request.Tree.Member(argument, "message"u8, "text"u8), TextKind.User);
        }
    }

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer)
    {
        foreach (var argument in answer.Items(answer.Member("arguments"u8)))
        {
            foreach (var message in answer.Items(answer.Tree.Member(argument, "messages"u8)))
            {
                answer.Growing(answer.Tree.Member(message, "text"u8), TextKind.Assistant);
            }
        }

        // The end of an invocation (type 2) has the conversation's messages whole, the person's among them.
        foreach (var message in answer.Items(answer.Tree.Member(answer.Root, "item"u8, "messages"u8)))
        {
            answer.Growing(answer.Tree.Member(message, "text"u8), TextKind.Assistant);
            answer.End("");
        }
    }
}
