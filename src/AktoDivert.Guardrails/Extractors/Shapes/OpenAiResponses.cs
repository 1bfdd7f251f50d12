using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Json;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>
/// OpenAI responses (openai-openapi 2.3.0), also as Codex sends them over WebSocket: one <c>response.create</c> message with the same members.
/// The stream repeats each text up to three times: <c>*.done</c>, <c>output_item.done</c> and <c>response.completed</c>.
/// </summary>
internal class OpenAiResponses : ApiShape
{
    /// <inheritdoc />
    public override string Id => "openai.responses";

    /// <inheritdoc />
    public override AnswerStyle Answers => AnswerStyle.OpenAiResponses;

    /// <inheritdoc />
    public override bool Matches(CallTarget target) =>
        target.Path.EndsWith("/responses", StringComparison.Ordinal) || target.Path.EndsWith("/responses/compact", StringComparison.Ordinal)
        || target.Path.EndsWith("/responses/input_tokens", StringComparison.Ordinal);

    /// <inheritdoc />
    public override bool Sniffs(CallTarget target, JsonTree body) =>
        body.Member(body.Root, "input"u8) >= 0 && body.IsString(body.Member(body.Root, "model"u8)) && body.Member(body.Root, "messages"u8) < 0;

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request)
    {
        var (tree, call) = (request.Tree, request.Call);
        call.RequestModel = tree.Word(request.Member("model"u8));
        call.Stream = tree.IsTrue(request.Member("stream"u8)) || request.Target.IsUpgrade;
        call.ConversationId = tree.Word(request.Member("prompt_cache_key"u8)) ?? tree.Word(request.Member("conversation"u8))
            ?? tree.Word(tree.Member(request.Member("conversation"u8), "id"u8)) ?? tree.Word(request.Member("previous_response_id"u8));
        request.Add(request.Member("instructions"u8), TextKind.System);
        var input = request.Member("input"u8);
        request.Add(input, TextKind.User);
        if (tree.IsArray(input))
        {
            foreach (var item in request.Items(input))
            {
                Item(request, item);
            }
        }
    }

    /// <inheritdoc />
    public override void ReadResponse(AnswerReader answer) => Response(answer, answer.Root);

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer)
    {
        var tree = answer.Tree;
        var type = answer.Member("type"u8);
        var name = tree.IsString(type) ? tree.Raw(type) : default;
        var item = tree.Word(answer.Member("item_id"u8)) ?? "";
        var channel = AnswerReader.Channel(item, tree.Number(answer.Member("output_index"u8)), tree.Number(answer.Member("content_index"u8)));
        if (name.EndsWith(".delta"u8))
        {
            var kind = name.IndexOf("arguments"u8) >= 0 || name.IndexOf("input"u8) >= 0 ? TextKind.ToolCall
                : name.IndexOf("reasoning"u8) >= 0 ? TextKind.Reasoning
                : TextKind.Assistant;
            answer.Delta(answer.Member("delta"u8), channel, kind);
            return;
        }

        if (name.EndsWith(".done"u8))
        {
            answer.Whole(answer.Member("text"u8), TextKind.Assistant);
            answer.Whole(answer.Member("refusal"u8), TextKind.Assistant);
            answer.Whole(answer.Member("arguments"u8), TextKind.ToolCall);
            answer.Whole(answer.Member("input"u8), TextKind.ToolCall);
            answer.Whole(tree.Member(answer.Member("part"u8), "text"u8), TextKind.Assistant);
            answer.End(item);
        }

        Output(answer, answer.Member("item"u8));
        var response = answer.Member("response"u8);
        if (tree.IsObject(response))
        {
            Response(answer, response);
            if (!name.EndsWith("created"u8) && !name.EndsWith("in_progress"u8))
            {
                answer.End("");
            }
        }
    }

    private static void Item(RequestReader request, int item)
    {
        var tree = request.Tree;
        var type = tree.Member(item, "type"u8);
        var role = tree.Member(item, "role"u8);
        var isReasoning = tree.Is(type, "reasoning"u8);
        var isCall = tree.Member(item, "arguments"u8) >= 0 || tree.Member(item, "action"u8) >= 0 || tree.Is(type, "custom_tool_call"u8);
        var isAnswer = tree.Is(role, "assistant"u8) || isCall || isReasoning;
        if (tree.IsString(item))
        {
            request.Add(item, TextKind.User);
        }
        else if (isReasoning)
        {
            request.Skip(tree.Member(item, "encrypted_content"u8));
            request.AddWithin(tree.Member(item, "summary"u8), TextKind.Reasoning, request.Message(item, isAnswer));
        }
        else if (isCall)
        {
            var message = request.Message(item, isAnswer);
            request.Add(tree.Member(item, "arguments"u8), TextKind.ToolCall, message);
            request.Add(tree.Member(item, "input"u8), TextKind.ToolCall, message);
            request.AddWithin(tree.Member(item, "action"u8), TextKind.ToolCall, message);
        }
        else if (tree.Member(item, "output"u8) >= 0)
        {
            request.Content(tree.Member(item, "output"u8), TextKind.ToolResult, request.Message(item, isAnswer));
        }
        else if (tree.Is(role, "system"u8) || tree.Is(role, "developer"u8))
        {
            request.Content(tree.Member(item, "content"u8), TextKind.System, -1);
        }
        else
        {
            request.Content(tree.Member(item, "content"u8), isAnswer ? TextKind.Assistant : TextKind.User, request.Message(item, isAnswer));
        }
    }

    private static void Response(AnswerReader answer, int response)
    {
        var (tree, call) = (answer.Tree, answer.Call);
        call.ResponseId = tree.Word(tree.Member(response, "id"u8)) ?? call.ResponseId;
        call.ResponseModel = tree.Word(tree.Member(response, "model"u8)) ?? call.ResponseModel;
        var status = tree.Member(response, "status"u8);
        if (tree.IsString(status) && !tree.Is(status, "in_progress"u8) && !tree.Is(status, "queued"u8))
        {
            call.AddFinish(tree.Word(status));
        }

        var usage = tree.Member(response, "usage"u8);
        call.InputTokens = tree.Number(tree.Member(usage, "input_tokens"u8)) ?? call.InputTokens;
        call.OutputTokens = tree.Number(tree.Member(usage, "output_tokens"u8)) ?? call.OutputTokens;
        call.CacheReadTokens = tree.Number(tree.Member(usage, "input_tokens_details"u8, "cached_tokens"u8)) ?? call.CacheReadTokens;
        call.ReasoningTokens = tree.Number(tree.Member(usage, "output_tokens_details"u8, "reasoning_tokens"u8)) ?? call.ReasoningTokens;
        foreach (var item in answer.Items(tree.Member(response, "output"u8)))
        {
            Output(answer, item);
        }
    }

    private static void Output(AnswerReader answer, int item)
    {
        if (item < 0)
        {
            return;
        }

        var tree = answer.Tree;
        answer.Tool(tree.Word(tree.Member(item, "name"u8)));
        answer.Whole(tree.Member(item, "arguments"u8), TextKind.ToolCall);
        answer.Whole(tree.Member(item, "input"u8), TextKind.ToolCall);
        answer.WholeWithin(tree.Member(item, "action"u8), TextKind.ToolCall);
        foreach (var content in answer.Items(tree.Member(item, "content"u8)))
        {
            answer.Whole(tree.Member(content, "text"u8), TextKind.Assistant);
            answer.Whole(tree.Member(content, "refusal"u8), TextKind.Assistant);
        }

        foreach (var summary in answer.Items(tree.Member(item, "summary"u8)))
        {
            answer.Whole(tree.Member(summary, "text"u8), TextKind.Reasoning);
        }
    }
}
