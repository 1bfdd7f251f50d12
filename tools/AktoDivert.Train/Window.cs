using AktoDivert.Guardrails.Detectors.Injection;

namespace AktoDivert.Train;

/// <summary>One to three sentences in a row, as the detector judges them.</summary>
/// <param name="Features">Their features.</param>
/// <param name="Evidence">What the patterns say.</param>
internal sealed record Window(uint[] Features, double Evidence)
{
    /// <summary>What the sum of the weights is divided by.</summary>
    public double Norm { get; } = Math.Sqrt(Math.Max(Features.Length, InjectionModel.FewestFeatures));
}
