using AktoDivert.Guardrails;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>A call that is recorded and not judged.</summary>
internal sealed class PlainCapturePath() : CapturePath(new AllowAllGuard())
{
    /// <inheritdoc />
    public override string Name => "capture";
}
