using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Json;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>Anthropic Messages (docs.claude.com/en/api/messages, messages-streaming): on Anthropic's host and on gateways.</summary>
internal class AnthropicMessages : ApiShape
{
    /// <inheritdoc />
    public override string Id => "anthropic.messages";

    /// <inheritdoc />
    public override AnswerStyle Answers => AnswerStyle.Anthropic;

    /// <inheritdoc />
    public override bool Matches(CallTarget target) =>
        target.Path is "/v1/messages" or "/anthropic/v1/messages" or "/v1/messages/count_tokens" or "/v1/messages/batches";

    /// <inheritdoc />
    public override bool Sniffs(CallTarget target, JsonTree body) =>
        body.IsArray(body.Member(body.Root, "messages"u8))
        && (target.Field("anthropic-version").Length > 0 || body.Member(body.Root, "anthropic_version"u8) >= 0 || body.IsArray(body.Member(body.Root, "system"u8)));

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request)
    {
        var (tree, call) = (request.Tree, request.Call);
        call.AddsCacheTokens = true;
        call.RequestModel = tree.Word(request.Member("model"u8));
        call.Stream = tree.IsTrue(request.Member("stream"u8));
        call.ConversationId = request.Target.Field("x-claude-code-session-id") is { Length: > 0 } session ? session : null;
        request.Content(request.Member("system"u8), TextKind.System, -1);
        foreach (var item in request.Items(request.Member("messages"u8)))
        {
            var isAnswer = tree.Is(tree.Member(item, "role"u8), "assistant"u8);
            request.Content(tree.Member(item, "content"u8), isAnswer ? TextKind.Assistant : TextKind.User, request.Message(item, isAnswer));
        }
    }

    /// <inheritdoc />
    public override void ReadResponse(AnswerReader answer)
    {
        var tree = answer.Tree;
        Message(answer, answer.Root);
        foreach (var block in answer.Items(answer.Member("content"u8)))
        {
            if (tree.Is(tree.Member(block, "type"u8), "tool_use"u8))
            {
                answer.Tool(tree.Word(tree.Member(block, "name"u8)));
                answer.WholeWithin(tree.Member(block, "input"u8), TextKind.ToolCall);
            }
            else
            {
                answer.Whole(tree.Member(block, "text"u8), TextKind.Assistant);
            }
        }
    }

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer)
    {
        var tree = answer.Tree;
        var type = answer.Member("type"u8);
        var channel = AnswerReader.Channel("block", tree.Number(answer.Member("index"u8)));
        if (tree.Is(type, "content_block_delta"u8))
        {
            var delta = answer.Member("delta"u8);
            answer.Delta(tree.Member(delta, "text"u8), channel, TextKind.Assistant);
            answer.Delta(tree.Member(delta, "partial_json"u8), channel, TextKind.ToolCall);
        }
        else if (tree.Is(type, "content_block_start"u8))
        {
            var block = answer.Member("content_block"u8);
            answer.Tool(tree.Word(tree.Member(block, "name"u8)));
            answer.Delta(tree.Member(block, "text"u8), channel, TextKind.Assistant);
        }
        else if (tree.Is(type, "content_block_stop"u8))
        {
            answer.End(channel);
        }
        else if (tree.Is(type, "message_start"u8))
        {
            Message(answer, answer.Member("message"u8));
        }
        else if (tree.Is(type, "message_delta"u8))
        {
            answer.Call.AddFinish(tree.Word(tree.Member(answer.Member("delta"u8), "stop_reason"u8)));
            Usage(answer, answer.Member("usage"u8));
            answer.End("");
        }
        else if (tree.Is(type, "message_stop"u8))
        {
            answer.End("");
        }
        else if (answer.Member("completion"u8) >= 0)
        {
            answer.Delta(answer.Member("completion"u8), "completion", TextKind.Assistant);
        }
    }

    private static void Message(AnswerReader answer, int message)
    {
        var (tree, call) = (answer.Tree, answer.Call);
        call.ResponseId = tree.Word(tree.Member(message, "id"u8)) ?? call.ResponseId;
        call.ResponseModel = tree.Word(tree.Member(message, "model"u8)) ?? call.ResponseModel;
        call.AddFinish(tree.Word(tree.Member(message, "stop_reason"u8)));
        Usage(answer, tree.Member(message, "usage"u8));
    }

    // The counts of message_delta are cumulative and replace those of message_start.
    private static void Usage(AnswerReader answer, int usage)
    {
        var (tree, call) = (answer.Tree, answer.Call);
        call.AddsCacheTokens = true;
        call.InputTokens = tree.Number(tree.Member(usage, "input_tokens"u8)) ?? call.InputTokens;
        call.OutputTokens = tree.Number(tree.Member(usage, "output_tokens"u8)) ?? call.OutputTokens;
        call.CacheReadTokens = tree.Number(tree.Member(usage, "cache_read_input_tokens"u8)) ?? call.CacheReadTokens;
        call.CacheCreationTokens = tree.Number(tree.Member(usage, "cache_creation_input_tokens"u8)) ?? call.CacheCreationTokens;
    }
}
