using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>A shape that is not known: every string is a text.</summary>
internal sealed class AnyJson : ApiShape
{
    /// <summary>The one there is.</summary>
    public static AnyJson Instance { get; } = new();

    /// <inheritdoc />
    public override string Id => "unknown";

    /// <inheritdoc />
    public override bool Matches(CallTarget target) => false;

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request)
    {
        // The reader takes every string that no shape took.
    }

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer) => answer.WholeWithin(answer.Root, TextKind.Other);
}
