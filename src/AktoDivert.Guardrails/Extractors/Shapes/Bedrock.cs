using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>
/// Amazon Bedrock. With SigV4 the body's hash is signed, so nothing in it may change; with a bearer key it may. Streamed answers come in AWS's
/// binary events.
/// </summary>
internal sealed class Bedrock : ApiShape
{
    /// <inheritdoc />
    public override string Id => "bedrock";

    /// <inheritdoc />
    public override AnswerStyle Answers => AnswerStyle.Aws;

    /// <inheritdoc />
    public override bool Matches(CallTarget target) =>
        target.Path.StartsWith("/model/", StringComparison.Ordinal)
        && target.Path[(target.Path.LastIndexOf('/') + 1)..] is "converse" or "converse-stream" or "invoke" or "invoke-with-response-stream";

    /// <inheritdoc />
    public override bool CanRedact(CallTarget target) => target.Field("authorization").StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request)
    {
        var (tree, call) = (request.Tree, request.Call);
        call.RequestModel = Uri.UnescapeDataString(request.Target.Path.Split('/')[2]);
        call.Stream = request.Target.Path.EndsWith("stream", StringComparison.Ordinal);
        request.Content(request.Member("system"u8), TextKind.System, -1);
        foreach (var item in request.Items(request.Member("messages"u8)))
        {
            var isAnswer = tree.Is(tree.Member(item, "role"u8), "assistant"u8);
            var message = request.Message(item, isAnswer);
            foreach (var block in request.Items(tree.Member(item, "content"u8)))
            {
                request.AddWithin(tree.Member(block, "toolResult"u8, "content"u8), TextKind.ToolResult, message);
                request.AddWithin(tree.Member(block, "toolUse"u8, "input"u8), TextKind.ToolCall, message);
            }

            request.Content(tree.Member(item, "content"u8), isAnswer ? TextKind.Assistant : TextKind.User, message);
        }

        request.Add(request.Member("prompt"u8), TextKind.User);
        request.Add(request.Member("inputText"u8), TextKind.User);
    }

    /// <inheritdoc />
    public override void ReadResponse(AnswerReader answer)
    {
        var tree = answer.Tree;
        Usage(answer, answer.Member("usage"u8));
        answer.Call.AddFinish(tree.Word(answer.Member("stopReason"u8)) ?? tree.Word(answer.Member("stop_reason"u8)));
        var content = tree.Member(tree.Member(answer.Member("output"u8), "message"u8), "content"u8);
        foreach (var block in answer.Items(content >= 0 ? content : answer.Member("content"u8)))
        {
            answer.Whole(tree.Member(block, "text"u8), TextKind.Assistant);
            answer.WholeWithin(tree.Member(block, "toolUse"u8, "input"u8), TextKind.ToolCall);
        }
    }

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer)
    {
        var tree = answer.Tree;
        var channel = AnswerReader.Channel("block", tree.Number(answer.Member("contentBlockIndex"u8)) ?? tree.Number(answer.Member("index"u8)));
        var delta = answer.Member("delta"u8);
        answer.Delta(tree.Member(delta, "text"u8), channel, TextKind.Assistant);
        answer.Delta(tree.Member(delta, "toolUse"u8, "input"u8), channel, TextKind.ToolCall);
        answer.Delta(tree.Member(delta, "partial_json"u8), channel, TextKind.ToolCall);
        answer.Call.AddFinish(tree.Word(answer.Member("stopReason"u8)));
        Usage(answer, answer.Member("usage"u8));
        if (answer.State.EventName is "messageStop" or "contentBlockStop")
        {
            answer.End("");
        }
    }

    private static void Usage(AnswerReader answer, int usage)
    {
        var (tree, call) = (answer.Tree, answer.Call);
        call.InputTokens = tree.Number(tree.Member(usage, "inputTokens"u8)) ?? tree.Number(tree.Member(usage, "input_tokens"u8)) ?? call.InputTokens;
        call.OutputTokens = tree.Number(tree.Member(usage, "outputTokens"u8)) ?? tree.Number(tree.Member(usage, "output_tokens"u8)) ?? call.OutputTokens;
        call.CacheReadTokens = tree.Number(tree.Member(usage, "cacheReadInputTokens"u8)) ?? call.CacheReadTokens;
        call.AddsCacheTokens = true;
    }
}
