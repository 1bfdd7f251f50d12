namespace AktoDivert.Redirect.Flows;

/// <summary>Limits of a <see cref="FlowTable"/>.</summary>
internal sealed record FlowTableOptions
{
    /// <summary>Most flows.</summary>
    public int Capacity { get; init; } = 32_768;

    /// <summary>Most SYNs held at once.</summary>
    public int MaxPending { get; init; } = 2048;

    /// <summary>Most connect events kept for a SYN to come.</summary>
    public int MaxEvidence { get; init; } = 8192;

    /// <summary>How long a SYN may be held before it goes on untouched; well below the second after which TCP sends it again.</summary>
    public TimeSpan PendingLimit { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>After this time the connection table is asked, even when events may still come.</summary>
    public TimeSpan AskTableAfter { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a connect event waits for its SYN.</summary>
    public TimeSpan EvidenceLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>By how much an event's time may lie behind that of its own SYN.</summary>
    public TimeSpan EvidenceSkew { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long an ended flow stays for what trails behind.</summary>
    public TimeSpan ClosingLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long its tombstone stays after that.</summary>
    public TimeSpan DeadLimit { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>A flow whose socket is closed and that is silent for this long has ended.</summary>
    public TimeSpan ClosedSocketLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a redirected flow may be silent; keeping it alive is TCP's matter.</summary>
    public TimeSpan RedirectIdleLimit { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How long a decision to bypass is kept; needed only for repeated SYNs.</summary>
    public TimeSpan BypassIdleLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What a flow is taken for that nobody can name in time; null lets it pass.</summary>
    public Attribution? Unknown { get; init; }

    /// <summary>Source ports of the proxy's own connections: first and last; 0 and 0 for none.</summary>
    public (ushort First, ushort Last) OwnPorts { get; init; }
}
