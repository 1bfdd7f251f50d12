namespace AktoDivert.Capture.Decode;

/// <summary>What text is written in.</summary>
internal enum BodyCharset
{
    /// <summary>UTF-8, and whatever is not known.</summary>
    Utf8,

    /// <summary>ISO-8859-1, and what is read as it, where the bytes are not UTF-8.</summary>
    Latin1,

    /// <summary>UTF-16, low bytes first.</summary>
    Utf16LittleEndian,

    /// <summary>UTF-16, high bytes first.</summary>
    Utf16BigEndian,
}
