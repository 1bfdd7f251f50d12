namespace AktoDivert.Guardrails.Policies;

/// <summary>Something wrong with a policy.</summary>
/// <param name="Place">Where, for example <c>$.policies[2].action</c>.</param>
/// <param name="Problem">What is wrong, with the value.</param>
/// <param name="Fix">What to write instead.</param>
public sealed record PolicyError(string Place, string Problem, string Fix)
{
    /// <inheritdoc />
    public override string ToString() => $"{Place} {Problem}; {Fix}";
}
