namespace AktoDivert.Core.Policy;

/// <summary>A pattern with the decision it makes, built once when a snapshot is compiled so that deciding allocates nothing.</summary>
internal sealed record PolicyRule(HostPattern Pattern, PolicyDecision Decision)
{
    /// <summary>Whether this rule decides before <paramref name="other"/>: the more specific one, and bypass at equal weight.</summary>
    public bool Beats(PolicyRule? other) =>
        other is null
        || Pattern.Weight > other.Pattern.Weight
        || (Pattern.Weight == other.Pattern.Weight && !Decision.Intercepts && other.Decision.Intercepts);
}
