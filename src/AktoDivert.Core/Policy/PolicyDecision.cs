namespace AktoDivert.Core.Policy;

/// <summary>A decision with the rule that made it, in words shown to users.</summary>
/// <param name="Action">Intercept or passthrough.</param>
/// <param name="Source">The step of the order that decided.</param>
/// <param name="Rule">The rule's own text: the pattern, the list entry; empty for <see cref="RuleSource.Default"/>.</param>
/// <param name="Reason">One sentence for a person.</param>
public sealed record PolicyDecision(InterceptAction Action, RuleSource Source, string Rule, string Reason)
{
    /// <summary>Whether the flow is intercepted.</summary>
    public bool Intercepts => Action == InterceptAction.Intercept;
}
