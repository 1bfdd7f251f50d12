namespace AktoDivert.Proxy.Relay.Http2.Hpack;

/// <summary>
/// Outcome of decoding a header block. Anything but <see cref="Ok"/> loses the dynamic table, and with it the connection's later blocks.
/// </summary>
internal enum HpackStatus
{
    Ok,

    /// <summary>The block ends inside a field.</summary>
    Truncated,

    /// <summary>An integer exceeds what any implementation has a use for.</summary>
    IntegerTooLarge,

    /// <summary>An index names no entry of either table.</summary>
    UnknownIndex,

    /// <summary>A Huffman-coded string holds EOS or bad padding.</summary>
    BadHuffman,

    /// <summary>A table size update exceeds the limit in force.</summary>
    SizeUpdateTooLarge,

    /// <summary>A table size update follows a field (RFC 7541 section 4.2 wants it first).</summary>
    SizeUpdateMisplaced,
}
