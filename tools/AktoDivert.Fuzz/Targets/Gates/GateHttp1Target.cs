namespace AktoDivert.Fuzz.Targets.Gates;

/// <summary>The gate of HTTP/1.1 with a guard that allows everything, and WebSockets behind an upgrade.</summary>
public sealed class GateHttp1Target : IFuzzTarget
{
    /// <inheritdoc />
    public string Name => "gate-http1";

    /// <inheritdoc />
    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. new Http1Target().Seeds,
        .. new WebSocketTarget().Seeds,
        new TapScript().Up("PUT /d HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n10;e=\"f\"\r\n0123456789abcdef\r\n0\r\nX: y\r\n\r\n")
            .Down("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n4\r\nbcde\r\n0\r\nT: u\r\n\r\n")
            .Up("HEAD /e HTTP/1.1\r\n\r\nPOST /f HTTP/1.1\r\nContent-Length: 8\r\n\r\nSECRET42").Down("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
            .Down("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole").ToArray(),
    ];

    /// <inheritdoc />
    public void Execute(ReadOnlySpan<byte> input) => GateOracle.Http1(input);
}
