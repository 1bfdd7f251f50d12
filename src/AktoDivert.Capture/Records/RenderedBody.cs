namespace AktoDivert.Capture.Records;

/// <summary>A body as a record carries it.</summary>
/// <param name="Text">Scrubbed, cut text in UTF-8; JSON stays JSON. Valid until its renderer renders the next one, or its exchange ends.</param>
/// <param name="Missing">What is missing of it, for a person; null when it is whole.</param>
internal readonly record struct RenderedBody(ReadOnlyMemory<byte> Text, string? Missing)
{
    /// <summary>No body.</summary>
    public static RenderedBody Empty => default;
}
