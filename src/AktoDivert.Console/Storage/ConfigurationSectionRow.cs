namespace AktoDivert.Console.Storage;

/// <summary>One section's content, kept once however many versions share it.</summary>
internal sealed class ConfigurationSectionRow
{
    /// <summary>SHA-256 of the text, lower-case hex.</summary>
    public required string Hash { get; set; }

    /// <summary>Lines of text, compressed by <see cref="StoredText"/>.</summary>
    public required byte[] Packed { get; set; }
}
