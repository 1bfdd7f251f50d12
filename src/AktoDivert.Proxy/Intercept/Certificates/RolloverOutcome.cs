using AktoDivert.Proxy.Intercept.Certificates.Trust;

namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>What became of a request to cover domains.</summary>
public enum RolloverOutcome
{
    /// <summary>The generation in force covers them.</summary>
    Unchanged,

    /// <summary>A new generation is in force.</summary>
    Switched,

    /// <summary>A trust store did not take the new root; the old generation stays in force.</summary>
    Refused,
}

/// <summary>The outcome with the reports of the trust stores that were asked to take the new root.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Stores">Empty when no store was touched.</param>
public sealed record RolloverResult(RolloverOutcome Outcome, IReadOnlyList<TrustStoreReport> Stores);
