namespace AktoDivert.Console.Storage;

/// <summary>An AI endpoint as a device's app and user call it: what those calls add up to.</summary>
internal sealed class EndpointSightingRow
{
    public required string DeviceId { get; set; }

    public required string Host { get; set; }

    public required string PathFamily { get; set; }

    public required string App { get; set; }

    public required string User { get; set; }

    /// <summary>Empty when the calls name none.</summary>
    public required string Model { get; set; }

    public string Provider { get; set; } = "";

    public long Calls { get; set; }

    public long Bytes { get; set; }

    /// <summary>Findings: more than none means sensitive data went there.</summary>
    public long Findings { get; set; }

    /// <summary>Unix milliseconds by this console's clock.</summary>
    public long FirstMs { get; set; }

    /// <summary>Unix milliseconds by this console's clock.</summary>
    public long LastMs { get; set; }
}
