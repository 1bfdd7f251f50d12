namespace AktoDivert.Guardrails.Detectors.Injection;

/// <summary>One sequence of word classes.</summary>
/// <param name="Name">Name of the rule.</param>
/// <param name="Reason">What it tells people.</param>
/// <param name="Weight">How likely a text that has it is an attack, 0 to 1.</param>
/// <param name="Steps">The classes, each with the most words after the one before.</param>
internal sealed record InjectionPattern(string Name, string Reason, double Weight, (int Class, int Reach)[] Steps)
{
    /// <summary>Most steps of a pattern.</summary>
    public const int MostSteps = 4;
}
