namespace AktoDivert.Fuzz.Targets;

/// <summary>The HTTP/1.1 tap.</summary>
public sealed class Http1Target : IFuzzTarget
{
    /// <inheritdoc />
    public string Name => "http1";

    /// <inheritdoc />
    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        new TapScript().Up("POST /a HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: a.test\r\n\r\n")
            .Down("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 304 Not Modified\r\n\r\n").ToArray(),
        new TapScript().Up("POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n")
            .Down("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n").ToArray(),
        new TapScript().Up("GET http://b.test/?q HTTP/1.0\n\n").Down("HTTP/1.0 200 OK\nX: a\n b\n\nuntil close").ToArray(),
        new TapScript().Up("CONNECT c.test:443 HTTP/1.1\r\n\r\n").Down("HTTP/1.1 200 OK\r\n\r\ntunnel").ToArray(),
    ];

    /// <inheritdoc />
    public void Execute(ReadOnlySpan<byte> input) => TapScript.Check(input, "http/1.1");
}
