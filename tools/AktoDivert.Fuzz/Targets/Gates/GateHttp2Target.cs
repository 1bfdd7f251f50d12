using AktoDivert.Proxy.Relay.Http2;

namespace AktoDivert.Fuzz.Targets.Gates;

/// <summary>The gate of HTTP/2 with some streams denied, blocked and masked, and the others untouched; gRPC messages and WebSockets among them.</summary>
public sealed class GateHttp2Target : IFuzzTarget
{
    /// <inheritdoc />
    public string Name => "gate-http2";

    /// <inheritdoc />
    public IReadOnlyList<byte[]> Seeds { get; } = [.. new Http2Target().Seeds, Mixed(), SmallWindows(), Talks()];

    /// <inheritdoc />
    public void Execute(ReadOnlySpan<byte> input) => GateOracle.Http2(input);

    // Later blocks refer to entries of the denied one and to others before and behind it.
    private static byte[] Mixed() => new TapScript()
        .Up(Http2Script.Client().Headers(1, false, ":method=POST", ":path=/a", "x-a=1").Headers(3, true, ":method=GET", ":path=/deny", "x-gone=2")
            .Frame(Http2FrameType.Headers, Http2Script.EndHeaders, 5, [.. Http2Script.Block(":path=/c", "x-c=3"), 0xbe, 0xc0, 0xc2, 0xc4, 0x7f, 0x01, 1, (byte)'v'])
            .Data(1, true, "say SECRET42").Data(5, false, "BLOCK").Data(5, true, "ME").ToArray())
        .Down(Http2Script.Server().Frame(Http2FrameType.Settings, Http2Script.Ack, 0, []).Headers(1, false, ":status=200", "x-r=1").Data(1, false, "part")
            .Data(1, false, "s of it").Frame(Http2FrameType.Headers, Http2Script.EndHeaders | Http2Script.EndStream, 1, [0xbe, .. Http2Script.Block("t=1")]).ToArray())
        .Up(new Http2Script().Frame(Http2FrameType.Headers, Http2Script.EndHeaders | Http2Script.EndStream, 7, [0x82, 0xbe, 0xc1, 0xc5, .. Http2Script.Block(":path=/d")])
            .Frame(Http2FrameType.Ping, 0, 0, new byte[8]).ToArray())
        .Down(new Http2Script().Frame(Http2FrameType.Headers, Http2Script.EndHeaders | Http2Script.EndStream, 7, [0x89, 0xbe]).ToArray())
        .ToArray();

    private static byte[] SmallWindows() => new TapScript()
        .Down(Http2Script.Server().Settings((4, 5), (5, 20_000)).ToArray())
        .Up(Http2Script.Client().Settings((4, 3), (1, 0)).Frame(Http2FrameType.Settings, Http2Script.Ack, 0, []).Headers(1, false, ":method=POST", ":path=/a")
            .Data(1, false, "hello").Frame(Http2FrameType.Headers, Http2Script.EndHeaders | Http2Script.EndStream, 1, Http2Script.Block("t=2")).ToArray())
        .Down(new Http2Script().Frame(Http2FrameType.Settings, Http2Script.Ack, 0, []).Frame(Http2FrameType.WindowUpdate, 0, 1, [0, 0, 0, 3])
            .Frame(Http2FrameType.Headers, Http2Script.EndHeaders, 1, [0x20, 0x88]).Data(1, false, "abc").ToArray())
        .Up(new Http2Script().Frame(Http2FrameType.WindowUpdate, 0, 1, [0, 0, 0, 4]).ToArray())
        .Down(new Http2Script().Frame(Http2FrameType.Data, Http2Script.Padded | Http2Script.EndStream, 1, [1, (byte)'d', 0]).ToArray())
        .ToArray();

    private static byte[] Talks() => new TapScript()
        .Up(Http2Script.Client().Headers(1, false, ":method=POST", ":path=/g", "content-type=application/grpc").Data(1, false, [0, 0, 0, 0, 2, (byte)'h', (byte)'i', 0, 0, 0])
            .Data(1, false, [0, 1, (byte)'!']).ToArray())
        .Down(Http2Script.Server().Headers(1, false, ":status=200").Data(1, false, [0, 0, 0, 0, 1, (byte)'y']).Headers(1, true, "grpc-status=0").ToArray())
        .Up(new Http2Script().Headers(3, false, ":method=CONNECT", ":protocol=websocket", ":path=/w").Data(3, false, WebSocketScript.Text("early", true)).ToArray())
        .Down(new Http2Script().Headers(3, false, ":status=200").Data(3, false, WebSocketScript.Frame(0x01, "fr"u8, false)).Data(3, false, WebSocketScript.Frame(0x80, "ag"u8, false)).ToArray())
        .Up(new Http2Script().Data(3, true, WebSocketScript.Frame(0x88, [3, 232], true)).ToArray())
        .ToArray();
}
