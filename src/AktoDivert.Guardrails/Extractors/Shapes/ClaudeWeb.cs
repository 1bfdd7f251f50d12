using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Json;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>claude.ai's own API (undocumented, seen in 2025): the prompt as one text, the answer in the events of the Messages API.</summary>
internal sealed class ClaudeWeb : AnthropicMessages
{
    /// <inheritdoc />
    public override string Id => "anthropic.claude_web";

    /// <inheritdoc />
    public override bool Matches(CallTarget target) =>
        target.Host is "claude.ai" && target.Path.StartsWith("/api/organizations/", StringComparison.Ordinal)
        && (target.Path.EndsWith("/completion", StringComparison.Ordinal) || target.Path.EndsWith("/retry_completion", StringComparison.Ordinal));

    /// <inheritdoc />
    public override bool Sniffs(CallTarget target, JsonTree body) => false;

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request)
    {
        var (tree, call) = (request.Tree, request.Call);
        call.RequestModel = tree.Word(request.Member("model"u8));
        call.Stream = true;
        var steps = request.Target.Path.Split('/');
        call.ConversationId = steps.Length > 5 ? steps[5] : null;
        request.Add(request.Member("prompt"u8), TextKind.User);
        foreach (var attachment in request.Items(request.Member("attachments"u8)))
        {
            request.Add(tree.Member(attachment, "extracted_content"u8), TextKind.Attachment);
            call.AddAttachment(
                tree.Word(tree.Member(attachment, "file_name"u8)),
                tree.Word(tree.Member(attachment, "file_type"u8)),
                tree.Number(tree.Member(attachment, "file_size"u8)));
        }

        foreach (var file in request.Items(request.Member("files"u8)))
        {
            call.AddAttachment(tree.Word(tree.Member(file, "file_name"u8)) ?? tree.Word(file), null, null);
        }
    }

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer)
    {
        base.ReadEvent(answer);
        answer.Delta(answer.Tree.Member(answer.Member("delta"u8), "summary"u8, "summary"u8), "summary", TextKind.Reasoning);
    }
}
