using AktoDivert.SideBySide.Peers;

namespace AktoDivert.SideBySide.Loads;

/// <summary>Work put through a peer.</summary>
internal interface ILoad
{
    /// <summary>What one unit is, for the table: a call, a connection, an event, a GB.</summary>
    string Unit { get; }

    /// <summary>Does the work once and says how much of it was done.</summary>
    /// <exception cref="InvalidOperationException">The peer did not do it.</exception>
    Task<double> RunAsync(Peer peer);
}
