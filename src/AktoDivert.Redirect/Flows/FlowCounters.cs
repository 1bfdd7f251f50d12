namespace AktoDivert.Redirect.Flows;

/// <summary>What the <see cref="FlowTable"/> counts, guarded by it.</summary>
internal record struct FlowCounters
{
    /// <summary>New connections.</summary>
    public long Seen;

    /// <summary>Of these, handed to the listener.</summary>
    public long Redirected;

    /// <summary>Passed: the process is not meant.</summary>
    public long NotSelected;

    /// <summary>Passed: the proxy's own.</summary>
    public long Own;

    /// <summary>Passed: nobody could say in time whose it is.</summary>
    public long Unattributed;

    /// <summary>Passed: redirecting is suspended (the listener does not answer).</summary>
    public long Suspended;

    /// <summary>Passed: no IPv6 listener.</summary>
    public long NoListener;

    /// <summary>Passed: table full, too many SYNs held, or two flows that the listener could not tell apart.</summary>
    public long Refused;

    /// <summary>Connect events that were dropped because too many wait.</summary>
    public long EvidenceDropped;

    /// <summary>Ports used again for a new connection while the old one was still known.</summary>
    public long Reused;

    /// <summary>Packets of no known flow that passed.</summary>
    public long UnknownPassed;

    /// <summary>Packets of the listener without a flow, dropped.</summary>
    public long StrayDropped;

    /// <summary>Attributions that came from the connection table.</summary>
    public long FromTable;
}
