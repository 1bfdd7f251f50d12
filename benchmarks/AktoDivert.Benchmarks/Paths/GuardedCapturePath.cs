using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Guardrails;
using AktoDivert.Guardrails.Policies;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>A clean call that is judged by a policy which looks for secrets and personal data, both ways.</summary>
internal sealed class GuardedCapturePath() : CapturePath(Guard())
{
    /// <inheritdoc />
    public override string Name => "capture-guarded";

    private static PolicyGuard Guard()
    {
        var policy = new GuardrailPolicy
        {
            Name = "benchmark",
            Detectors = [new GuardrailDetector { Type = "secrets", Action = "alert" }, new GuardrailDetector { Type = "pii", Action = "alert" }],
        };
        return new PolicyGuard("benchmark", [], null, new AgentCounters(), TimeProvider.System)
        {
            Policies = PolicyCompiler.Compile([policy], out _),
        };
    }
}
