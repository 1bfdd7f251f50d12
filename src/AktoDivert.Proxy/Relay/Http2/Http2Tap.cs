using AktoDivert.Core.Exchanges;

namespace AktoDivert.Proxy.Relay.Http2;

/// <summary>
/// Observes an HTTP/2 connection (RFC 9113). It follows what exchanges need: header blocks, DATA, resets, GOAWAY and the settings that bind
/// HPACK. Everything else, unknown frames included, passes by.
/// </summary>
internal sealed class Http2Tap(ExchangeRecorder recorder) : ConnectionTap(recorder)
{
    private readonly Http2Side _app = new();
    private readonly Http2Side _server = new();
    private readonly Http2StreamTable _streams = new(recorder);
    private int _prefaceUsed;

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    protected override OpaqueCause? Observe(RelayDirection direction, ReadOnlySpan<byte> bytes)
    {
        if (direction == RelayDirection.Up && !SkipPreface(ref bytes))
        {
            return OpaqueCause.Http2Preface;
        }

        var side = direction == RelayDirection.Up ? _app : _server;
        while (true)
        {
            OpaqueCause? cause = null;
            switch (side.Frames.Read(ref bytes, out var content))
            {
                case Http2Token.FrameStart:
                    cause = StartFrame(side);
                    break;
                case Http2Token.Content:
                    cause = AddContent(direction, side, content);
                    break;
                case Http2Token.FrameEnd:
                    cause = EndFrame(direction, side);
                    break;
                case Http2Token.Fault:
                    return OpaqueCause.Http2Frame;
                default:
                    return null;
            }

            if (cause is not null)
            {
                return cause;
            }
        }
    }

    protected override Exchange? Find(long streamId) => _streams.Find((int)streamId);

    protected override void ObserveEnd(RelayDirection direction, bool aborted)
    {
        // No response can complete without the server, and the app may still be reading when its own direction ended.
        if (direction == RelayDirection.Down)
        {
            _streams.CompleteAll(EarlyEnd, null);
        }
    }

    protected override void CompleteOpen(ExchangeEnd end, string? incomplete) => _streams.CompleteAll(end, incomplete);

    protected override void Release()
    {
        _app.Release();
        _server.Release();
    }

    private bool SkipPreface(ref ReadOnlySpan<byte> bytes)
    {
        var expected = Preface[_prefaceUsed..];
        var seen = bytes[..Math.Min(expected.Length, bytes.Length)];
        bytes = bytes[seen.Length..];
        _prefaceUsed += seen.Length;
        return expected.StartsWith(seen);
    }

    private OpaqueCause? StartFrame(Http2Side side)
    {
        var frame = side.Frames.Frame;
        if (side.Block.IsOpen)
        {
            return frame.Type == Http2FrameType.Continuation && frame.StreamId == side.Block.First.StreamId ? null : OpaqueCause.Http2Frame;
        }

        switch (frame.Type)
        {
            case Http2FrameType.Continuation:
            case Http2FrameType.Headers or Http2FrameType.PushPromise or Http2FrameType.Data or Http2FrameType.RstStream
                when frame.StreamId == 0:
            case Http2FrameType.Settings or Http2FrameType.GoAway when frame.StreamId != 0:
                return OpaqueCause.Http2Frame;
            case Http2FrameType.Headers or Http2FrameType.PushPromise:
                side.Block.Begin(frame);
                side.BlockStarted = Recorder.Moment;
                return null;
            case Http2FrameType.Settings when !frame.Ack:
                side.Settings.Begin();
                return null;
            case Http2FrameType.GoAway:
                side.BeginGoAway();
                return null;
            default:
                return null;
        }
    }

    private OpaqueCause? AddContent(RelayDirection direction, Http2Side side, ReadOnlySpan<byte> content)
    {
        var frame = side.Frames.Frame;
        switch (frame.Type)
        {
            case Http2FrameType.Data:
                _streams.Data(direction, frame.StreamId, content);
                return null;
            case Http2FrameType.Headers or Http2FrameType.PushPromise or Http2FrameType.Continuation:
                return side.Block.TryAppend(content) ? null : OpaqueCause.Http2BlockLimit;
            case Http2FrameType.Settings when !frame.Ack:
                side.Settings.Append(content);
                return null;
            case Http2FrameType.GoAway:
                side.AppendGoAway(content);
                return null;
            default:
                return null;
        }
    }

    private OpaqueCause? EndFrame(RelayDirection direction, Http2Side side)
    {
        var frame = side.Frames.Frame;
        switch (frame.Type)
        {
            case Http2FrameType.Data when frame.EndStream:
                _streams.EndHalf(direction, frame.StreamId);
                return null;
            case Http2FrameType.Headers or Http2FrameType.PushPromise or Http2FrameType.Continuation when frame.EndHeaders:
                return EndBlock(direction, side);
            case Http2FrameType.Settings:
                return EndSettings(side, frame.Ack) ? null : OpaqueCause.Http2Frame;
            case Http2FrameType.RstStream:
                _streams.Reset(direction, frame.StreamId);
                return null;
            case Http2FrameType.GoAway when direction == RelayDirection.Down:
                if (!side.TryReadLastStreamId(out var lastStreamId))
                {
                    return OpaqueCause.Http2Frame;
                }

                _streams.GoAway(lastStreamId);
                return null;
            default:
                return null;
        }
    }

    private OpaqueCause? EndBlock(RelayDirection direction, Http2Side side)
    {
        var cause = side.Block.HasPrefix
            ? _streams.Headers(direction, side)
            : OpaqueCause.Http2Frame;
        side.Block.End();
        return cause;
    }

    // Settings of one side limit the table of the blocks that come to it, which are the other side's.
    private bool EndSettings(Http2Side side, bool ack)
    {
        var other = side == _app ? _server : _app;
        return ack ? other.Settings.TryAcknowledge(side.Hpack) : side.Settings.TryEnd(other.Hpack);
    }
}
