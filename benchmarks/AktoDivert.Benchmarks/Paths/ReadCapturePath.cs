using AktoDivert.Core.Diagnostics;
using AktoDivert.Guardrails;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>A call that is read by a guard without policies, as the agent does by default: model, tokens and tools go into the record.</summary>
internal sealed class ReadCapturePath() : CapturePath(new PolicyGuard("benchmark", [], null, new AgentCounters(), TimeProvider.System))
{
    /// <inheritdoc />
    public override string Name => "capture-read";
}
