namespace AktoDivert.Agent.Configuration;

/// <summary>One thing wrong in the configuration, in words that say how to put it right.</summary>
/// <param name="Place">JSON path (<c>$.redirect.ports[1]</c>) or environment variable.</param>
/// <param name="Value">What stands there, as JSON; empty when the place itself is the error.</param>
/// <param name="Problem">What is wrong with it.</param>
/// <param name="Fix">What to write instead.</param>
internal sealed record ConfigurationError(string Place, string Value, string Problem, string Fix)
{
    /// <inheritdoc />
    public override string ToString() => Value.Length == 0 ? $"{Place}: {Problem}; {Fix}" : $"{Place}: {Value} {Problem}; {Fix}";
}
