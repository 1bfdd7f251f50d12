namespace AktoDivert.Agent.Benchmarking;

/// <summary>One line of what <c>aktodivert bench</c> found.</summary>
/// <param name="Work">What was done.</param>
/// <param name="Unit">Unit of the three figures.</param>
/// <param name="Direct">Without the proxy; null where there is nothing to compare with.</param>
/// <param name="Intercepted">Through it.</param>
internal sealed record BenchmarkRow(string Work, string Unit, double? Direct, double Intercepted)
{
    /// <summary>What interception adds; null where there is nothing to compare with.</summary>
    public double? Added => Intercepted - Direct;
}
