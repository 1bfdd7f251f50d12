using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>
/// ChatGPT's own API (undocumented): the answer as patches, <c>delta_encoding v1</c>: <c>{"o":"append","p":"/message/content/parts/0","v":"..."}</c>,
/// then <c>{"v":"..."}</c> to go on at the same path; <c>"o":"patch"</c> holds a list of them.
/// </summary>
internal sealed class ChatGptWeb : ApiShape
{
    /// <inheritdoc />
    public override string Id => "openai.chatgpt_web";

    /// <inheritdoc />
    public override AnswerStyle Answers => AnswerStyle.ChatGpt;

    /// <inheritdoc />
    public override bool Matches(CallTarget target) =>
        target.Path is "/backend-api/conversation" or "/backend-api/f/conversation" or "/backend-anon/conversation" or "/backend-anon/f/conversation";

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request)
    {
        var (tree, call) = (request.Tree, request.Call);
        call.RequestModel = tree.Word(request.Member("model"u8));
        call.ConversationId = tree.Word(request.Member("conversation_id"u8));
        call.Stream = true;
        foreach (var item in request.Items(request.Member("messages"u8)))
        {
            request.AddWithin(tree.Member(item, "content"u8, "parts"u8), TextKind.User, request.Message(item, isAnswer: false));
            foreach (var attachment in request.Items(tree.Member(item, "metadata"u8, "attachments"u8)))
            {
                call.AddAttachment(
                    tree.Word(tree.Member(attachment, "name"u8)),
                    tree.Word(tree.Member(attachment, "mime_type"u8)) ?? tree.Word(tree.Member(attachment, "mimeType"u8)),
                    tree.Number(tree.Member(attachment, "size"u8)));
            }
        }
    }

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer)
    {
        var tree = answer.Tree;
        answer.Call.ConversationId = tree.Word(answer.Member("conversation_id"u8)) ?? answer.Call.ConversationId;
        if (answer.Member("v"u8) >= 0)
        {
            Patch(answer, answer.Root, 0);
        }

        Message(answer, answer.Member("message"u8));
    }

    private static void Patch(AnswerReader answer, int patch, int depth)
    {
        var (tree, state) = (answer.Tree, answer.State);
        var value = tree.Member(patch, "v"u8);
        state.LastPath = tree.Word(tree.Member(patch, "p"u8)) is { } path ? path : state.LastPath;
        if (tree.IsString(value))
        {
            if (state.LastPath.EndsWith("/status", StringComparison.Ordinal))
            {
                answer.End("");
            }
            else
            {
                answer.Delta(value, state.LastPath, state.LastPath.Contains("/parts/", StringComparison.Ordinal) || state.LastPath.Length == 0
                    ? TextKind.Assistant
                    : TextKind.Other);
            }
        }
        else if (tree.IsArray(value) && depth < 4)
        {
            foreach (var item in answer.Items(value))
            {
                Patch(answer, item, depth + 1);
            }
        }
        else
        {
            answer.Call.ConversationId = tree.Word(tree.Member(value, "conversation_id"u8)) ?? answer.Call.ConversationId;
            Message(answer, tree.Member(value, "message"u8));
        }
    }

    private static void Message(AnswerReader answer, int message)
    {
        var (tree, call) = (answer.Tree, answer.Call);
        call.ResponseId = tree.Word(tree.Member(message, "id"u8)) ?? call.ResponseId;
        call.ResponseModel = tree.Word(tree.Member(message, "metadata"u8, "model_slug"u8)) ?? call.ResponseModel;
        var parts = tree.Member(message, "content"u8, "parts"u8);
        if (parts >= 0)
        {
            answer.WholeWithin(parts, TextKind.Assistant);
        }
    }
}
