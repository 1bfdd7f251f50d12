using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>Cursor and Windsurf: protobuf without a public schema, of which the readable text is taken.</summary>
internal sealed class ConnectShape : ApiShape
{
    /// <inheritdoc />
    public override string Id => "connect";

    /// <inheritdoc />
    public override AnswerStyle Answers => AnswerStyle.Connect;

    /// <inheritdoc />
    public override bool Matches(CallTarget target) =>
        target.MediaType.StartsWith("application/connect+", StringComparison.Ordinal) || target.MediaType.StartsWith("application/grpc", StringComparison.Ordinal)
        || target.MediaType is "application/proto" || target.Field("connect-protocol-version").Length > 0;

    /// <inheritdoc />
    public override bool CanRedact(CallTarget target) => target.MediaType is "application/json" or "application/connect+json";

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request) => request.AddWithin(request.Root, TextKind.User);

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer) => answer.WholeWithin(answer.Root, TextKind.Assistant);
}
