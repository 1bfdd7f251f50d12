using AktoDivert.Proxy.Relay.Http2;

namespace AktoDivert.Fuzz.Targets;

/// <summary>The HTTP/2 tap.</summary>
public sealed class Http2Target : IFuzzTarget
{
    /// <inheritdoc />
    public string Name => "http2";

    /// <inheritdoc />
    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        new TapScript()
            .Up(Http2Script.Client().Settings((1, 100)).Headers(1, false, ":method=POST", ":path=/a").Data(1, true, "hello").ToArray())
            .Down(Http2Script.Server().Frame(Http2FrameType.Settings, Http2Script.Ack, 0, []).Headers(1, false, ":status=200").Data(1, false, "ok")
                .Headers(1, true, "grpc-status=0").ToArray())
            .ToArray(),
        new TapScript()
            .Up(Http2Script.Client().Frame(Http2FrameType.Headers, Http2Script.Padded | Http2Script.Priority, 1, [1, 0, 0, 0, 0, 1, .. Http2Script.Block(":method=GET"), 0])
                .Frame(Http2FrameType.Continuation, Http2Script.EndHeaders, 1, Http2Script.Block("a=b")).Frame((Http2FrameType)0xfe, 0, 0, [1, 2, 3])
                .Frame(Http2FrameType.Data, Http2Script.Padded, 1, [2, 7, 8, 0, 0]).ToArray())
            .Down(Http2Script.Server().Frame(Http2FrameType.PushPromise, Http2Script.EndHeaders, 1, [0, 0, 0, 2, .. Http2Script.Block("p=q")])
                .Headers(1, false, ":status=103").Frame(Http2FrameType.GoAway, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0])
                .Frame(Http2FrameType.RstStream, 0, 1, [0, 0, 0, 8]).ToArray())
            .ToArray(),
        new TapScript()
            .Up(Http2Script.Client().Headers(1, false, ":method=CONNECT", ":protocol=websocket").ToArray())
            .Down(Http2Script.Server().Headers(1, false, ":status=200").ToArray())
            .Up(new Http2Script().Data(1, false, WebSocketScript.Text("hi", masked: true)).ToArray())
            .Down(new Http2Script().Data(1, true, WebSocketScript.Text("ho", masked: false)).ToArray())
            .ToArray(),
    ];

    /// <inheritdoc />
    public void Execute(ReadOnlySpan<byte> input) => TapScript.Check(input, "h2");
}
