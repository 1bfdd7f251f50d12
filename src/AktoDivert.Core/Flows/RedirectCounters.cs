namespace AktoDivert.Core.Flows;

/// <summary>Counters of a redirect engine since its start. All are connection attempts unless said otherwise.</summary>
public sealed record RedirectCounters
{
    /// <summary>Attempts to a configured port seen by the engine, from any process.</summary>
    public long Seen { get; init; }

    /// <summary>Attempts handed to the listener.</summary>
    public long Redirected { get; init; }

    /// <summary>UDP (QUIC) sends and connects refused.</summary>
    public long QuicDenied { get; init; }

    /// <summary>Attempts of processes that are not selected.</summary>
    public long NotSelected { get; init; }

    /// <summary>The agent's own connections.</summary>
    public long Own { get; init; }

    /// <summary>Attempts in another network namespace.</summary>
    public long OtherNamespace { get; init; }

    /// <summary>Sockets bound to a device (SO_BINDTODEVICE), which cannot reach the loopback listener.</summary>
    public long BoundToDevice { get; init; }

    /// <summary>Attempts that went direct because the agent's heartbeat was late.</summary>
    public long HeartbeatLate { get; init; }

    /// <summary>IPv6 attempts that went direct because there is no IPv6 listener.</summary>
    public long NoListener { get; init; }

    /// <summary>Attempts that went direct because an engine table was full or an update failed.</summary>
    public long Lost { get; init; }

    /// <summary>Attempts that went direct because only hosts that are not intercepted are known at their destination.</summary>
    public long Direct { get; init; }

    /// <summary>Of those, connections that were reset because they asked for another host there.</summary>
    public long DirectRefused { get; init; }

    /// <summary>Attempts that went direct because nobody could say in time whose they are. Packet engines only, as all below.</summary>
    public long Unattributed { get; init; }

    /// <summary>Packets that could not be understood and passed as they were.</summary>
    public long Malformed { get; init; }

    /// <summary>Packets that could not be sent.</summary>
    public long SendFailed { get; init; }

    /// <summary>Packets of the listener that belong to no flow, dropped.</summary>
    public long StrayDropped { get; init; }

    /// <summary>
    /// Events of the engine that were dropped. Of the driver's, the table of connections stands in for them; of direct connections (eBPF), one is
    /// not shown, or not shown to have ended.
    /// </summary>
    public long EventsLost { get; init; }

    /// <summary>Connections that were reset because the engine ended, or their interface went away.</summary>
    public long Resets { get; init; }

    /// <summary>Times the engine ended by itself: overload, a hung loop, the driver gone.</summary>
    public long Restarts { get; init; }

    /// <summary>Accepted connections without a known flow.</summary>
    public long Orphans { get; init; }

    /// <summary>The sum, field by field.</summary>
    public static RedirectCounters operator +(RedirectCounters a, RedirectCounters b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return new RedirectCounters
        {
            Seen = a.Seen + b.Seen,
            Redirected = a.Redirected + b.Redirected,
            QuicDenied = a.QuicDenied + b.QuicDenied,
            NotSelected = a.NotSelected + b.NotSelected,
            Own = a.Own + b.Own,
            OtherNamespace = a.OtherNamespace + b.OtherNamespace,
            BoundToDevice = a.BoundToDevice + b.BoundToDevice,
            HeartbeatLate = a.HeartbeatLate + b.HeartbeatLate,
            NoListener = a.NoListener + b.NoListener,
            Lost = a.Lost + b.Lost,
            Direct = a.Direct + b.Direct,
            DirectRefused = a.DirectRefused + b.DirectRefused,
            Unattributed = a.Unattributed + b.Unattributed,
            Malformed = a.Malformed + b.Malformed,
            SendFailed = a.SendFailed + b.SendFailed,
            StrayDropped = a.StrayDropped + b.StrayDropped,
            EventsLost = a.EventsLost + b.EventsLost,
            Resets = a.Resets + b.Resets,
            Restarts = a.Restarts + b.Restarts,
            Orphans = a.Orphans + b.Orphans,
        };
    }
}
