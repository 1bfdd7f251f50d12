namespace AktoDivert.Console.Storage;

/// <summary>An enrolled device and its latest heartbeat.</summary>
internal sealed class DeviceRow
{
    /// <summary>Persistent agent id.</summary>
    public required string Id { get; set; }

    /// <summary>Device label.</summary>
    public required string Name { get; set; }

    public required string Os { get; set; }

    public string User { get; set; } = "";

    public string AgentVersion { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long EnrolledMs { get; set; }

    /// <summary>Unix milliseconds of the last heartbeat; 0 before the first.</summary>
    public long HeartbeatMs { get; set; }

    /// <summary>How far its clock was ahead of the console's then, in milliseconds.</summary>
    public long ClockSkewMs { get; set; }

    /// <summary>Unix seconds of the agent's start.</summary>
    public long StartedTs { get; set; }

    /// <summary>Unix milliseconds of its agent's farewell, while nobody was alerted of it; 0 when there is nothing to alert of.</summary>
    public long LeftMs { get; set; }

    /// <summary>Tags that administrators gave it, separated by commas.</summary>
    public string Tags { get; set; } = "";

    /// <summary>Unix milliseconds since when it is retired and its token void; 0 while it is not.</summary>
    public long RetiredMs { get; set; }

    /// <summary>The heartbeat's <c>DeviceState</c> as JSON; null when the agent sent none.</summary>
    public string? State { get; set; }
}
