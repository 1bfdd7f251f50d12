namespace AktoDivert.Guardrails.Bench;

/// <summary>What was found of what should be.</summary>
/// <param name="Found">Labelled and found.</param>
/// <param name="Missed">Labelled and not found.</param>
/// <param name="Wrong">Found and not labelled.</param>
public readonly record struct BenchScore(int Found, int Missed, int Wrong)
{
    /// <summary>Part of the labelled that was found; 1 when nothing is labelled.</summary>
    public double Recall => Found + Missed == 0 ? 1 : (double)Found / (Found + Missed);

    /// <summary>Part of the findings that is labelled; 1 when nothing was found.</summary>
    public double Precision => Found + Wrong == 0 ? 1 : (double)Found / (Found + Wrong);

    /// <summary>Harmonic mean of both.</summary>
    public double F1 => Recall + Precision == 0 ? 0 : 2 * Recall * Precision / (Recall + Precision);

    /// <summary>Both together.</summary>
    public static BenchScore operator +(BenchScore a, BenchScore b) => a.Add(b);

    /// <summary>Both together.</summary>
    public BenchScore Add(BenchScore other) => new(Found + other.Found, Missed + other.Missed, Wrong + other.Wrong);
}
