namespace AktoDivert.Console.Storage;

/// <summary>What a person wrote under a violation.</summary>
internal sealed class ViolationCommentRow
{
    public long Id { get; set; }

    public required string DeviceId { get; set; }

    public required string ViolationId { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long AtMs { get; set; }

    public required string By { get; set; }

    public required string Text { get; set; }
}
