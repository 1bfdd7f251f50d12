namespace AktoDivert.Console.Storage;

/// <summary>An update ring: which version some devices are to run.</summary>
internal sealed class UpdateRingRow
{
    /// <summary>Name of the ring that is there when nobody made one.</summary>
    public const string Everyone = "Everyone";

    /// <summary>Name for people.</summary>
    public required string Name { get; set; }

    /// <summary>Place in the order, from 0: a device is in the first ring that takes it.</summary>
    public int Position { get; set; }

    /// <summary>Tag of the devices that it takes; empty for all.</summary>
    public string Tag { get; set; } = "";

    /// <summary>The version; empty when any will do.</summary>
    public string Version { get; set; } = "";
}
