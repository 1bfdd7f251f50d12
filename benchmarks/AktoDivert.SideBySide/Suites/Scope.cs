using AktoDivert.SideBySide.Peers;
using AktoDivert.SideBySide.Results;

namespace AktoDivert.SideBySide.Suites;

/// <summary>What a suite works with.</summary>
/// <param name="Peers">Starts peers.</param>
/// <param name="Findings">Takes what was measured.</param>
/// <param name="Quick">Whether figures may be rough for the sake of time.</param>
internal sealed record Scope(PeerSet Peers, Findings Findings, bool Quick)
{
    /// <summary>Rounds that count.</summary>
    public int Rounds => Quick ? 3 : 5;

    /// <summary>Compares.</summary>
    public Comparison Compare => new(Peers, Findings, Rounds, TimeSpan.FromSeconds(Quick ? 4 : 25));

    /// <summary>An amount of work, less of it when quick.</summary>
    public int Amount(int full) => Quick ? Math.Max(1, full / 4) : full;
}
