namespace AktoDivert.Proxy.Relay.Http2.Hpack;

/// <summary>Representation of a field (RFC 7541 section 6).</summary>
internal enum HpackFieldKind
{
    /// <summary>Name and value from a table (6.1).</summary>
    Indexed,

    /// <summary>Literal that enters the dynamic table (6.2.1).</summary>
    Incremental,

    /// <summary>Literal that does not (6.2.2).</summary>
    WithoutIndexing,

    /// <summary>Literal that no intermediary may index (6.2.3).</summary>
    NeverIndexed,
}
