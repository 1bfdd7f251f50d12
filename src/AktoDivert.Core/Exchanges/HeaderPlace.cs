namespace AktoDivert.Core.Exchanges;

/// <summary>Where a header field stands in a text.</summary>
public readonly record struct HeaderPlace
{
    /// <summary>Notes a place.</summary>
    /// <param name="name">Where the name begins, in bytes from the text's first.</param>
    /// <param name="nameLength">Bytes of the name.</param>
    /// <param name="value">Where the value begins.</param>
    /// <param name="valueLength">Bytes of the value.</param>
    /// <exception cref="OverflowException">A number is negative or more than <see cref="HeaderBlock.MaxBytes"/>.</exception>
    public HeaderPlace(int name, int nameLength, int value, int valueLength) =>
        (Name, NameLength, Value, ValueLength) = checked(((ushort)name, (ushort)nameLength, (ushort)value, (ushort)valueLength));

    /// <summary>Where the name begins, in bytes from the text's first.</summary>
    public ushort Name { get; private init; }

    /// <summary>Bytes of the name.</summary>
    public ushort NameLength { get; }

    /// <summary>Where the value begins, in bytes from the text's first.</summary>
    public ushort Value { get; private init; }

    /// <summary>Bytes of the value.</summary>
    public ushort ValueLength { get; }

    /// <summary>The same in a text that has so many bytes before this one, <see cref="HeaderBlock.MaxBytes"/> at most in all.</summary>
    internal HeaderPlace Behind(int bytes) => this with { Name = (ushort)(Name + bytes), Value = (ushort)(Value + bytes) };
}
