namespace AktoDivert.Console.Storage;

/// <summary>An entry of a domain list.</summary>
internal sealed class DomainRow
{
    public DomainList List { get; set; }

    /// <summary>Canonical text.</summary>
    public required string Domain { get; set; }

    /// <summary><c>shipped</c>, or the name of who added it.</summary>
    public required string AddedBy { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long AddedMs { get; set; }
}
