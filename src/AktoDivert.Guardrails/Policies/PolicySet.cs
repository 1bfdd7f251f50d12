using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Guardrails.Detectors;

namespace AktoDivert.Guardrails.Policies;

/// <summary>All policies in force, compiled together: equal detectors of several policies run once. Immutable.</summary>
public sealed class PolicySet
{
    internal PolicySet(IReadOnlyList<CompiledPolicy> policies, IReadOnlyList<DetectorSet> sets) => (Policies, Sets) = ([.. policies], sets);

    /// <summary>No policies.</summary>
    public static PolicySet Empty { get; } = new([], []);

    /// <summary>The documents of the policies in force.</summary>
    public IEnumerable<GuardrailPolicy> Sources => Policies.Select(policy => policy.Source);

    /// <summary>Whether none is in force.</summary>
    public bool IsEmpty => Policies.Length == 0;

    internal CompiledPolicy[] Policies { get; }

    internal IReadOnlyList<DetectorSet> Sets { get; }
}
