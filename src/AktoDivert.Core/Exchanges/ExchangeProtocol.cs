namespace AktoDivert.Core.Exchanges;

/// <summary>How an exchange was framed on the wire.</summary>
public enum ExchangeProtocol
{
    /// <summary>HTTP/1.0 or HTTP/1.1.</summary>
    Http11,

    /// <summary>HTTP/2.</summary>
    Http2,

    /// <summary>A WebSocket turn, over HTTP/1.1 upgrade or HTTP/2 extended CONNECT (RFC 8441).</summary>
    WebSocket,
}
