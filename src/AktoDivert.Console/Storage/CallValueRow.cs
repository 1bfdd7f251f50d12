namespace AktoDivert.Console.Storage;

/// <summary>A value that occurs in a column of calls.</summary>
internal sealed class CallValueRow
{
    /// <summary>Grows in the order in which values are committed.</summary>
    public long Id { get; set; }

    /// <summary>Name of the column.</summary>
    public required string Column { get; set; }

    public required string Value { get; set; }
}
