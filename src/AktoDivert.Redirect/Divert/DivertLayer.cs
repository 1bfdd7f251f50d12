namespace AktoDivert.Redirect.Divert;

/// <summary>Where a handle sees traffic (WINDIVERT_LAYER of windivert.h 2.2).</summary>
internal enum DivertLayer : byte
{
    /// <summary>Packets to and from this machine.</summary>
    Network = 0,

    /// <summary>Packets that pass through this machine.</summary>
    NetworkForward = 1,

    /// <summary>Flows established and deleted, one round trip late.</summary>
    Flow = 2,

    /// <summary>Socket operations with the process id. Without <see cref="DivertFlags.Sniff"/> a matching operation is refused.</summary>
    Socket = 3,

    /// <summary>Other users of the driver.</summary>
    Reflect = 4,
}
