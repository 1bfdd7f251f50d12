namespace AktoDivert.Proxy.Classify;

/// <summary>
/// Recognises the start of a cleartext HTTP request: a method of RFC 9110 section 9 or RFC 5789, or HTTP/2's preface (RFC 9113 section
/// 3.4).
/// </summary>
internal static class CleartextHttp
{
    /// <summary>Whether the bytes begin a request; a few bytes that could still become one count too.</summary>
    public static bool IsStart(ReadOnlySpan<byte> bytes) =>
        Agrees(bytes, "GET "u8) || Agrees(bytes, "POST "u8) || Agrees(bytes, "HEAD "u8) || Agrees(bytes, "PUT "u8)
            || Agrees(bytes, "DELETE "u8)
        || Agrees(bytes, "OPTIONS "u8) || Agrees(bytes, "PATCH "u8) || Agrees(bytes, "CONNECT "u8) || Agrees(bytes, "TRACE "u8)
        || Agrees(bytes, "PRI * HTTP"u8);

    private static bool Agrees(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> start) =>
        bytes.Length < start.Length ? start.StartsWith(bytes) : bytes.StartsWith(start);
}
