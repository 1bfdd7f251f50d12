using AktoDivert.Redirect.Divert;

namespace AktoDivert.Redirect.Flows;

/// <summary>A flow of the <see cref="FlowTable"/>, guarded by it. Times are in ticks of the table's clock.</summary>
internal sealed class FlowEntry(FlowKey key, ulong id)
{
    /// <summary>The flow.</summary>
    public FlowKey Key { get; } = key;

    /// <summary>Generation: unique while the table lives.</summary>
    public ulong Id { get; } = id;

    public FlowState State { get; set; }

    /// <summary>Sequence number of the SYN: tells a retransmission from a new connection on the same ports.</summary>
    public uint InitialSequence { get; init; }

    /// <summary>When the driver saw the SYN.</summary>
    public long SynTimestamp { get; init; }

    /// <summary>The interface of the SYN, which all reflected packets keep.</summary>
    public uint InterfaceIndex { get; init; }

    public uint SubInterfaceIndex { get; init; }

    /// <summary>The last packet.</summary>
    public long LastSeen { get; set; }

    /// <summary>When <see cref="State"/> was entered.</summary>
    public long Since { get; set; }

    /// <summary>When the socket was closed by the app; 0 before.</summary>
    public long SocketClosed { get; set; }

    /// <summary>Whose it is; null while pending and when nobody could say.</summary>
    public Attribution? Attribution { get; set; }

    /// <summary>The held SYN while pending.</summary>
    public byte[]? Syn { get; set; }

    public DivertAddress SynAddress { get; init; }

    /// <summary>Whether the connection table was asked for it.</summary>
    public bool TableAsked { get; set; }

    /// <summary>Next sequence numbers of both sides, for an exact reset.</summary>
    public uint NextFromApp { get; set; }

    public uint NextFromProxy { get; set; }

    /// <summary>What the app acknowledged last.</summary>
    public uint AcknowledgedByApp { get; set; }

    /// <summary>Whether the listener has answered: before that there is no number to reset with.</summary>
    public bool Answered { get; set; }

    public bool FinFromApp { get; set; }

    public bool FinFromProxy { get; set; }

    /// <summary>Its place in the list it is evicted from; null while it may not be.</summary>
    public LinkedListNode<FlowEntry>? Eviction { get; set; }

    /// <summary>Whether its packets are turned round.</summary>
    public bool IsReflected => State is FlowState.Redirect or FlowState.Closing or FlowState.Dead;
}
