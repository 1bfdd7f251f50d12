using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Proxy.Relay.Http1.Gate;

/// <summary>A request that went to the server and waits for its response, or is about to.</summary>
internal sealed class Http1GateCall(long number)
{
    /// <summary>Number of the request on its connection, from 1.</summary>
    public long Number => number;

    /// <summary>Judges it; null when it passes untouched.</summary>
    public GuardedExchange? Guard { get; set; }

    public bool IsHead { get; init; }

    public bool IsConnect { get; init; }

    public bool UpgradesToWebSocket { get; init; }

    /// <summary>Whether the gate said 100 (Continue) itself: the server's own must not follow.</summary>
    public bool ContinueSaid { get; set; }
}
