namespace AktoDivert.Console.Storage;

/// <summary>Flows of a device in one hour that went alike: what the tree, the coverage meter and the flow list show.</summary>
internal sealed class TrafficRow
{
    public required string DeviceId { get; set; }

    /// <summary>Unix milliseconds of the hour's begin, by this console's clock.</summary>
    public long HourMs { get; set; }

    public required string App { get; set; }

    public required string Process { get; set; }

    /// <summary>SNI, or address when there was none.</summary>
    public required string Host { get; set; }

    /// <summary>How the flows were treated, one of <see cref="Traffic.Treatment"/>.</summary>
    public required string Class { get; set; }

    /// <summary>Step of the policy order and the rule's text.</summary>
    public required string Rule { get; set; }

    public long Flows { get; set; }

    public long BytesUp { get; set; }

    public long BytesDown { get; set; }

    /// <summary>Unix milliseconds by this console's clock.</summary>
    public long LastMs { get; set; }
}
