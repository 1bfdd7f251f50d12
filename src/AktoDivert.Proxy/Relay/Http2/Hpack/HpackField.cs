namespace AktoDivert.Proxy.Relay.Http2.Hpack;

/// <summary>One decoded field with the place it was written at, so that a gate can copy, patch or replace its representation.</summary>
internal readonly ref struct HpackField
{
    /// <summary>How it was represented.</summary>
    public required HpackFieldKind Kind { get; init; }

    /// <summary>
    /// Table index of field or name (static 1 to 61, dynamic from 62, as before this field entered the table); 0 for a literal name.
    /// </summary>
    public required int Index { get; init; }

    /// <summary>Offset of the representation in the block.</summary>
    public required int Start { get; init; }

    /// <summary>Offset of the value string in the block; equal to <see cref="End"/> when indexed.</summary>
    public required int ValueStart { get; init; }

    /// <summary>Offset after the representation.</summary>
    public required int End { get; init; }

    /// <summary>The name. Valid during the call only.</summary>
    public required ReadOnlySpan<byte> Name { get; init; }

    /// <summary>The value. Valid during the call only.</summary>
    public required ReadOnlySpan<byte> Value { get; init; }
}
