using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Json;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>OpenAI completions, Copilot's inline completions and Mistral's fill-in-the-middle: the text before and after the cursor.</summary>
internal sealed class OpenAiCompletions : ApiShape
{
    /// <inheritdoc />
    public override string Id => "openai.completions";

    /// <inheritdoc />
    public override bool Matches(CallTarget target) =>
        target.Path.EndsWith("/completions", StringComparison.Ordinal) && !target.Path.EndsWith("/chat/completions", StringComparison.Ordinal)
        && target.Path.StartsWith("/v1/", StringComparison.Ordinal);

    /// <inheritdoc />
    public override bool Sniffs(CallTarget target, JsonTree body) =>
        body.IsString(body.Member(body.Root, "prompt"u8)) && body.Member(body.Root, "suffix"u8) >= 0;

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request)
    {
        var (tree, call) = (request.Tree, request.Call);
        call.Operation = "text_completion";
        call.RequestModel = tree.Word(request.Member("model"u8)) ?? Providers.Deployment(request.Target.Path);
        call.Stream = tree.IsTrue(request.Member("stream"u8));
        request.Content(request.Member("prompt"u8), TextKind.User, -1);
        request.Add(request.Member("suffix"u8), TextKind.User);
    }

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer)
    {
        var tree = answer.Tree;
        OpenAiFields.Answer(answer);
        OpenAiFields.ChatUsage(answer, answer.Member("usage"u8));
        foreach (var choice in answer.Items(answer.Member("choices"u8)))
        {
            var channel = AnswerReader.Channel("choice", tree.Number(tree.Member(choice, "index"u8))) + "/";
            answer.Delta(tree.Member(choice, "text"u8), channel, TextKind.Assistant);
            answer.Delta(tree.Member(choice, "delta"u8, "content"u8), channel, TextKind.Assistant);
            answer.Whole(tree.Member(choice, "message"u8, "content"u8), TextKind.Assistant);
            if (tree.IsString(tree.Member(choice, "finish_reason"u8)))
            {
                answer.Call.AddFinish(tree.Word(tree.Member(choice, "finish_reason"u8)));
                answer.End(channel);
            }
        }
    }
}
