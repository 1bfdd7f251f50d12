namespace AktoDivert.Console.Storage;

/// <summary>
/// The last number given out. Taking the next ones updates the row within the transaction that uses them, so that numbers are committed in
/// their order, whichever node commits.
/// </summary>
internal sealed class SequenceRow
{
    /// <summary>Name of the sequence of <see cref="CallRow.Seq"/>.</summary>
    public const string Calls = "calls";

    public required string Name { get; set; }

    public long Last { get; set; }
}
