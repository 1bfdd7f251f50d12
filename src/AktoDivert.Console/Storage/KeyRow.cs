namespace AktoDivert.Console.Storage;

/// <summary>A cookie key that the nodes of one database share, encrypted with the content key.</summary>
internal sealed class KeyRow
{
    public required string Name { get; set; }

    public required byte[] Sealed { get; set; }
}
