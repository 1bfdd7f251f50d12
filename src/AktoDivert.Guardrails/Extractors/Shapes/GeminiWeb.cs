using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>gemini.google.com (undocumented): the prompt in JSON within JSON within a form field. Its texts are read as strings of any kind.</summary>
internal sealed class GeminiWeb : ApiShape
{
    /// <inheritdoc />
    public override string Id => "google.gemini_web";

    /// <inheritdoc />
    public override bool Matches(CallTarget target) =>
        target.Host is "gemini.google.com"
        && (target.Path.EndsWith("/StreamGenerate", StringComparison.Ordinal) || target.Path.EndsWith("/batchexecute", StringComparison.Ordinal));

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request) => request.AddWithin(request.Root, TextKind.User);

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer) => answer.WholeWithin(answer.Root, TextKind.Assistant);
}
