namespace AktoDivert.Proxy.Relay.Http1;

/// <summary>How the end of a body is found (RFC 9112 section 6.3).</summary>
internal enum Http1FramingKind
{
    /// <summary>After a known number of bytes, which may be 0.</summary>
    Length,

    /// <summary>After the last chunk and the trailer section.</summary>
    Chunked,

    /// <summary>When the server closes the connection.</summary>
    UntilClose,

    /// <summary>Conflicting or unknown: recipients may differ about where the message ends.</summary>
    Unknown,
}

/// <summary>Framing of one body.</summary>
/// <param name="Kind">The rule.</param>
/// <param name="Length">Bytes, for <see cref="Http1FramingKind.Length"/>; 0 otherwise.</param>
internal readonly record struct Http1Framing(Http1FramingKind Kind, long Length = 0);
