using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>
/// Amazon Bedrock. With SigV4 the body's hash is signed, so nothing in it may change; with a bearer key it may. Streamed answers come in AWS's
/// binary events: those of Converse are Bedrock's own, those of InvokeModel hold what the model's vendor sends.
/// </summary>
internal sealed class Bedrock : ApiShape
{
    private static readonly AnthropicMessages Anthropic = new();

    // Titan, Mistral, Cohere: where the texts of an answer to InvokeModel stand.
    private static readonly (byte[] List, byte[] Text)[] OtherVendors =
        [("results"u8.ToArray(), "outputText"u8.ToArray()), ("outputs"u8.ToArray(), "text"u8.ToArray()), ("generations"u8.ToArray(), "text"u8.ToArray())];

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
                File(request, tree.Member(block, "image"u8), "image/", message);
                File(request, tree.Member(block, "video"u8), "video/", message);
                File(request, tree.Member(block, "document"u8), "", message);
                request.AddWithin(tree.Member(block, "toolResult"u8, "content"u8), TextKind.ToolResult, message);
                request.AddWithin(tree.Member(block, "toolUse"u8, "input"u8), TextKind.ToolCall, message);
            }

            request.Content(tree.Member(item, "content"u8), isAnswer ? TextKind.Assistant : TextKind.User, message);
        }

        request.Add(request.Member("prompt"u8), TextKind.User);
        request.Add(request.Member("inputText"u8), TextKind.User);
        request.Add(request.Member("message"u8), TextKind.User);
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
            if (tree.Is(tree.Member(block, "type"u8), "tool_use"u8))
            {
                answer.WholeWithin(tree.Member(block, "input"u8), TextKind.ToolCall);
            }
        }

        foreach (var (list, text) in OtherVendors)
        {
            foreach (var item in answer.Items(answer.Member(list)))
            {
                answer.Whole(tree.Member(item, text), TextKind.Assistant);
            }
        }

        answer.Whole(answer.Member("generation"u8), TextKind.Assistant);
    }

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer)
    {
        var tree = answer.Tree;
        if (answer.Member("type"u8) >= 0)
        {
            Anthropic.ReadEvent(answer);
            return;
        }

        var channel = AnswerReader.Channel("block", tree.Number(answer.Member("contentBlockIndex"u8)) ?? tree.Number(answer.Member("index"u8)));
        var delta = answer.Member("delta"u8);
        answer.Delta(tree.Member(delta, "text"u8), channel, TextKind.Assistant);
        answer.Delta(tree.Member(delta, "toolUse"u8, "input"u8), channel, TextKind.ToolCall);
        answer.Delta(tree.Member(delta, "partial_json"u8), channel, TextKind.ToolCall);
        Invoked(answer);
        answer.Call.AddFinish(tree.Word(answer.Member("stopReason"u8)));
        Usage(answer, answer.Member("usage"u8));
        if (answer.State.EventName is "messageStop" or "contentBlockStop")
        {
            answer.End("");
        }
    }

    // Converse names the format of a file, not its media type, and a document without the extension.
    private static void File(RequestReader request, int file, string family, int message)
    {
        var tree = request.Tree;
        if (file >= 0 && tree.Word(tree.Member(file, "format"u8)) is { } format)
        {
            var type = family.Length > 0 ? family + format : format switch
            {
                "txt" => "text/plain",
                "md" => "text/markdown",
                "csv" or "html" => "text/" + format,
                _ => "application/" + format,
            };
            request.Attachment(tree.Member(file, "source"u8), $"{tree.Word(tree.Member(file, "name"u8)) ?? "file"}.{format}", type, message);
        }
    }

    // What InvokeModel streams of models by Amazon (Nova, Titan), Meta, Cohere and Mistral.
    private static void Invoked(AnswerReader answer)
    {
        var tree = answer.Tree;
        answer.Delta(tree.Member(answer.Member("contentBlockDelta"u8), "delta"u8, "text"u8), "text", TextKind.Assistant);
        answer.Delta(answer.Member("outputText"u8), "text", TextKind.Assistant);
        answer.Delta(answer.Member("generation"u8), "text", TextKind.Assistant);
        answer.Delta(answer.Member("text"u8), "text", TextKind.Assistant);
        foreach (var output in answer.Items(answer.Member("outputs"u8)))
        {
            answer.Delta(tree.Member(output, "text"u8), "text", TextKind.Assistant);
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
