namespace AktoDivert.Fuzz.Targets;

/// <summary>The WebSocket observer behind a handshake.</summary>
public sealed class WebSocketTarget : IFuzzTarget
{
    /// <inheritdoc />
    public string Name => "websocket";

    /// <inheritdoc />
    public IReadOnlyList<byte[]> Seeds { get; } = [Plain(), Compressed()];

    /// <inheritdoc />
    public void Execute(ReadOnlySpan<byte> input) => TapScript.Check(input, "http/1.1");

    private static byte[] Plain() => new TapScript().Up(WebSocketScript.Request).Down(WebSocketScript.Response())
        .Up([.. WebSocketScript.Frame(0x01, "hel"u8, true), .. WebSocketScript.Frame(0x89, "p"u8, true), .. WebSocketScript.Frame(0x80, "lo"u8, true)])
        .Down([.. WebSocketScript.Text("answer", false), .. WebSocketScript.Frame(0x82, new byte[200], false)])
        .Up(WebSocketScript.Frame(0x88, [3, 232], true)).ToArray();

    private static byte[] Compressed()
    {
        var payloads = WebSocketScript.Deflate("the same words", "the same words again");
        return new TapScript().Up(WebSocketScript.Request).Down(WebSocketScript.Response("permessage-deflate; client_no_context_takeover"))
            .Down([.. WebSocketScript.Frame(0xc1, payloads[0], false), .. WebSocketScript.Frame(0xc1, payloads[1], false)]).ToArray();
    }
}
