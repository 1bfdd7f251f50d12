namespace AktoDivert.Console.Storage;

/// <summary>Content of a call in a table of its own, so that lists never read it. The key is the call's.</summary>
internal sealed class CallContentRow
{
    public required string DeviceId { get; set; }

    public long At { get; set; }

    public required string Id { get; set; }

    /// <summary>Headers, bodies and messages, compressed and encrypted by <see cref="ContentSeal"/>.</summary>
    public required byte[] Sealed { get; set; }
}
