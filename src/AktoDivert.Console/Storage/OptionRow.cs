namespace AktoDivert.Console.Storage;

/// <summary>A setting of its own that is one value: name and JSON.</summary>
internal sealed class OptionRow
{
    public required string Name { get; set; }

    public required string Value { get; set; }
}
