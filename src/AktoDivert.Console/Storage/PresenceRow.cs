namespace AktoDivert.Console.Storage;

/// <summary>What one node knows about a device, for the others of its database.</summary>
internal sealed class PresenceRow
{
    public required string DeviceId { get; set; }

    /// <summary>Id of the node's process.</summary>
    public required string Node { get; set; }

    /// <summary>Open settings streams.</summary>
    public int Streams { get; set; }

    /// <summary>Settings version delivered last.</summary>
    public long Delivered { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long SeenMs { get; set; }
}
