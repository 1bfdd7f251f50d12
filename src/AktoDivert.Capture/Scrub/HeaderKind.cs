namespace AktoDivert.Capture.Scrub;

/// <summary>What the name of a header field says of its value.</summary>
internal enum HeaderKind
{
    /// <summary>Text, in which a key of a known form may stand.</summary>
    Text,

    /// <summary>A URL, whose parameters may be credentials.</summary>
    Url,

    /// <summary>A credential.</summary>
    Secret,

    /// <summary>Not part of a record: pseudo-header fields (RFC 9113 section 8.3), and what no longer holds once a body is decoded.</summary>
    LeftOut,
}
