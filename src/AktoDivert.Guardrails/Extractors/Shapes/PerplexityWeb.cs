using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>Perplexity's web API (undocumented): the prompt twice in the request, the growing answer in each event.</summary>
internal sealed class PerplexityWeb : ApiShape
{
    /// <inheritdoc />
    public override string Id => "perplexity.web";

    /// <inheritdoc />
    public override bool Matches(CallTarget target) => target.Path.StartsWith("/rest/sse/perplexity_ask", StringComparison.Ordinal);

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request)
    {
        var (tree, call) = (request.Tree, request.Call);
        var parameters = request.Member("params"u8);
        call.Stream = true;
        call.RequestModel = tree.Word(tree.Member(parameters, "model_preference"u8));
        call.ConversationId = tree.Word(tree.Member(parameters, "frontend_context_uuid"u8));
        request.Add(request.Member("query_str"u8), TextKind.User);
        request.Add(tree.Member(parameters, "dsl_query"u8), TextKind.User);
        foreach (var attachment in request.Items(tree.Member(parameters, "attachments"u8)))
        {
            call.AddAttachment(tree.Word(attachment), null, null);
        }
    }

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer)
    {
        var tree = answer.Tree;
        answer.Growing(answer.Member("text"u8), TextKind.Assistant);
        foreach (var block in answer.Items(answer.Member("blocks"u8)))
        {
            var markdown = tree.Member(block, "markdown_block"u8);
            answer.Growing(tree.Member(markdown, "answer"u8), TextKind.Assistant);
            foreach (var chunk in answer.Items(tree.Member(markdown, "chunks"u8)))
            {
                answer.Delta(chunk, "chunks", TextKind.Assistant);
            }
        }
    }
}
