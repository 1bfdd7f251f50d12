namespace AktoDivert.Proxy.Relay.Http2.Hpack;

/// <summary>Takes what a header block holds, in order. Implemented by structs, so that the calls are direct.</summary>
internal interface IHpackVisitor
{
    /// <summary>A field; the dynamic table does not hold it yet.</summary>
    void Field(in HpackField field);

    /// <summary>A dynamic table size update (RFC 7541 section 6.3), before any field.</summary>
    void SizeUpdate(int size);
}
