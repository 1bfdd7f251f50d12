namespace AktoDivert.Core.Flows;

/// <summary>What a TLS ClientHello (RFC 8446 section 4.1.2) tells about a connection.</summary>
/// <param name="ServerName">The SNI host name (RFC 6066 section 3), lower case, without a trailing dot; null when absent or not a host
/// name.</param>
/// <param name="Alpn">Protocol names offered by ALPN (RFC 7301), in the app's order, as sent; empty when the extension is absent.</param>
/// <param name="OffersTls13">Whether supported_versions lists TLS 1.3.</param>
/// <param name="HasEch">Whether an encrypted_client_hello extension (0xfe0d) is present, real or GREASE.</param>
/// <param name="Ja4">The JA4 fingerprint, for the audit record.</param>
public sealed record ClientHelloFacts(
    string? ServerName, IReadOnlyList<ReadOnlyMemory<byte>> Alpn, bool OffersTls13, bool HasEch, string Ja4);
