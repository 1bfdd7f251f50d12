using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Json;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>Google's generateContent: the Gemini API, Vertex AI, and Gemini CLI's Code Assist, which wraps request and answer once more.</summary>
internal sealed class GoogleGenerate : ApiShape
{
    /// <inheritdoc />
    public override string Id => "google.generate";

    /// <inheritdoc />
    public override AnswerStyle Answers => AnswerStyle.Google;

    /// <inheritdoc />
    public override bool Matches(CallTarget target)
    {
        var method = target.Path[(target.Path.LastIndexOf(':') + 1)..];
        return method is "generateContent" or "streamGenerateContent" or "countTokens" or "embedContent" or "batchEmbedContents";
    }

    /// <inheritdoc />
    public override bool Sniffs(CallTarget target, JsonTree body) =>
        body.IsArray(body.Member(body.Root, "contents"u8)) || body.IsArray(body.Member(body.Root, "request"u8, "contents"u8));

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request)
    {
        var (tree, call) = (request.Tree, request.Call);
        var wrapped = request.Member("request"u8);
        var body = tree.IsObject(wrapped) ? wrapped : request.Root;
        call.Operation = request.Target.Path.Contains("embed", StringComparison.OrdinalIgnoreCase) ? "embeddings" : "generate_content";
        call.RequestModel = tree.Word(request.Member("model"u8)) ?? Providers.Deployment(request.Target.Path);
        call.ConversationId = tree.Word(tree.Member(body, "session_id"u8));
        call.Stream = request.Target.Path.EndsWith(":streamGenerateContent", StringComparison.Ordinal);
        var system = tree.Member(body, "systemInstruction"u8);
        Parts(request, system >= 0 ? system : tree.Member(body, "system_instruction"u8), TextKind.System, -1);
        foreach (var content in request.Items(tree.Member(body, "contents"u8)))
        {
            var isAnswer = tree.Is(tree.Member(content, "role"u8), "model"u8);
            Parts(request, content, isAnswer ? TextKind.Assistant : TextKind.User, request.Message(content, isAnswer));
        }

        Parts(request, tree.Member(body, "content"u8), TextKind.User, -1);
    }

    /// <inheritdoc />
    public override void ReadResponse(AnswerReader answer)
    {
        if (!answer.Tree.IsArray(answer.Root))
        {
            Read(answer, answer.Root, isWhole: true);
            return;
        }

        foreach (var chunk in answer.Items(answer.Root))
        {
            Read(answer, chunk, isWhole: true);
        }
    }

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer) => Read(answer, answer.Root, isWhole: false);

    private static void Parts(RequestReader request, int content, TextKind kind, int message)
    {
        var tree = request.Tree;
        foreach (var part in request.Items(tree.Member(content, "parts"u8)))
        {
            request.Add(tree.Member(part, "text"u8), kind, message);
            request.AddWithin(tree.Member(part, "functionCall"u8, "args"u8), TextKind.ToolCall, message);
            request.AddWithin(tree.Member(part, "functionResponse"u8, "response"u8), TextKind.ToolResult, message);
            request.Skip(tree.Member(part, "thoughtSignature"u8));
            var data = tree.Member(part, "inlineData"u8) is >= 0 and var camel ? camel : tree.Member(part, "inline_data"u8);
            var file = tree.Member(part, "fileData"u8);
            if (data >= 0)
            {
                var bytes = tree.Member(data, "data"u8);
                request.Call.AddAttachment(
                    tree.Word(tree.Member(data, "displayName"u8)), tree.Word(tree.Member(data, "mimeType"u8)), bytes < 0 ? null : tree.Length(bytes) / 4L * 3);
                request.Skip(bytes);
            }
            else if (file >= 0)
            {
                request.Call.AddAttachment(tree.Word(tree.Member(file, "fileUri"u8)), tree.Word(tree.Member(file, "mimeType"u8)), null);
            }
        }
    }

    private static void Read(AnswerReader answer, int node, bool isWhole)
    {
        var (tree, call) = (answer.Tree, answer.Call);
        var wrapped = tree.Member(node, "response"u8);
        node = tree.IsObject(wrapped) ? wrapped : node;
        call.ResponseModel = tree.Word(tree.Member(node, "modelVersion"u8)) ?? call.ResponseModel;
        call.ResponseId = tree.Word(tree.Member(node, "responseId"u8)) ?? call.ResponseId;
        var usage = tree.Member(node, "usageMetadata"u8);
        call.InputTokens = tree.Number(tree.Member(usage, "promptTokenCount"u8)) ?? call.InputTokens;
        call.OutputTokens = tree.Number(tree.Member(usage, "candidatesTokenCount"u8)) ?? call.OutputTokens;
        call.CacheReadTokens = tree.Number(tree.Member(usage, "cachedContentTokenCount"u8)) ?? call.CacheReadTokens;
        call.ReasoningTokens = tree.Number(tree.Member(usage, "thoughtsTokenCount"u8)) ?? call.ReasoningTokens;
        foreach (var candidate in answer.Items(tree.Member(node, "candidates"u8)))
        {
            var channel = AnswerReader.Channel("candidate", tree.Number(tree.Member(candidate, "index"u8))) + "/";
            foreach (var part in answer.Items(tree.Member(candidate, "content"u8, "parts"u8)))
            {
                var kind = tree.IsTrue(tree.Member(part, "thought"u8)) ? TextKind.Reasoning : TextKind.Assistant;
                if (isWhole)
                {
                    answer.Whole(tree.Member(part, "text"u8), kind);
                }
                else
                {
                    answer.Delta(tree.Member(part, "text"u8), channel + (kind == TextKind.Reasoning ? "thought" : "text"), kind);
                }

                var function = tree.Member(part, "functionCall"u8);
                answer.Tool(tree.Word(tree.Member(function, "name"u8)));
                answer.WholeWithin(tree.Member(function, "args"u8), TextKind.ToolCall);
            }

            if (tree.IsString(tree.Member(candidate, "finishReason"u8)))
            {
                call.AddFinish(tree.Word(tree.Member(candidate, "finishReason"u8)));
                answer.End(channel);
            }
        }
    }
}
