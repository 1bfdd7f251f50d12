namespace AktoDivert.Capture.Records;

/// <summary>A body as a record carries it.</summary>
/// <param name="Text">Scrubbed, cut text in UTF-8; JSON stays JSON. Valid until its renderer renders the next one, or its exchange ends.</param>
/// <param name="Missing">What is missing of it, for a person; null when it is whole.</param>
internal readonly record struct RenderedBody(ReadOnlyMemory<byte> Text, string? Missing)
{
    /// <summary>Whether it is known to hold nothing that a JSON string must escape, as base64 does not.</summary>
    public bool IsPlain { get; init; }

    /// <summary>No body.</summary>
    public static RenderedBody Empty => default;
}
