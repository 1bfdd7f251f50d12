using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Guarding;
using AktoDivert.Proxy.Relay.Gates;
using AktoDivert.Proxy.Relay.WebSockets;

namespace AktoDivert.Proxy.Relay.Http2.Gate;

/// <summary>
/// Streams that are conversations: gRPC, Connect and WebSockets (RFC 8441). Each message waits for its own verdict, in each direction.
/// </summary>
internal sealed class Http2GateTalks(GateContext context, Http2GateStreams streams, Http2GateSide up, Http2GateSide down)
{
    /// <summary>The server answered an extended CONNECT.</summary>
    public void BeginWebSocket(Http2GateStream stream, int status, HeaderBlock response)
    {
        stream.UpQueue.Stopped = false;
        var extensions = WebSocketExtensions.Read(response);
        if (status is < 200 or > 299 || extensions.HasUnknown)
        {
            if (status is >= 200 and < 300)
            {
                stream.Guard!.CannotRead(JudgedPart.AppMessage, "a WebSocket extension");
            }

            stream.UpQueue.Allowed = HeldQueue.All;
            return;
        }

        stream.DownQueue.Allowed = 0;
        stream.UpTalk = new(new WebSocketMessageReader(true, extensions.Deflate, !extensions.AppKeepsNoContext, context.Options));
        stream.DownTalk = new(new WebSocketMessageReader(false, extensions.Deflate, !extensions.ServerKeepsNoContext, context.Options));
        stream.UpTalk.Reader.Append(stream.UpQueue.CopyBody());
        Converse(stream, up, stream.UpTalk);
        up.Drain();
    }

    /// <summary>DATA of a conversation.</summary>
    public void Data(
        Http2GateStream stream, Http2GateSide side, Conversation talk, ReadOnlySpan<byte> frame, ReadOnlySpan<byte> body, bool ends)
    {
        if (talk.Closed)
        {
            side.Drop(stream, frame.Length - Http2FrameHeader.Size);
            if (ends)
            {
                side.Inject(stream, [], endStream: true);
                side.Drain();
            }

            return;
        }

        side.Enqueue(stream, HeldFrame.Data(frame, ends));
        talk.Reader.Append(body);
        Converse(stream, side, talk);
        if (ends)
        {
            End(stream, side, talk);
        }

        side.Drain();
        side.Lend(stream);
        if (stream.Queue(side.Direction).Judged > 0)
        {
            streams.Watch(stream);
        }
    }

    /// <summary>A direction is over: what is left of a message is judged as it is.</summary>
    public void End(Http2GateStream stream, Http2GateSide side, Conversation talk)
    {
        if (!talk.Judging && talk.Reader.TryGiveUp(out var rest))
        {
            Take(stream, side, talk, rest);
        }
    }

    /// <summary>Gives a verdict on the beginning of a message that does not end; true when the stream needs looking at again.</summary>
    public bool Look(Http2GateStream stream)
    {
        var waits = false;
        foreach (var side in (ReadOnlySpan<Http2GateSide>)[up, down])
        {
            if (stream.Talk(side.Direction) is not { Judging: false, Closed: false } talk || stream.Queue(side.Direction).Judged == 0)
            {
                continue;
            }

            if (context.Time.GetElapsedTime(stream.Since) < context.Options.HoldLimit)
            {
                waits = true;
            }
            else if (talk.Reader.TryGiveUp(out var beginning))
            {
                context.Counters.Add("gate.judged-early.time");
                Take(stream, side, talk, beginning);
            }
        }

        return waits;
    }

    private void Converse(Http2GateStream stream, Http2GateSide side, Conversation talk)
    {
        while (!talk.Judging && !talk.Closed && talk.Reader.TryRead(out var message))
        {
            Take(stream, side, talk, message);
        }

        if (side == down && stream.Notices.Count > 0 && talk is { Judging: false, Closed: false, Reader.IsBetweenMessages: true })
        {
            foreach (var notice in stream.Notices)
            {
                down.Splice(stream, 0, notice.Span);
            }

            stream.Notices.Clear();
        }
    }

    private void Take(Http2GateStream stream, Http2GateSide side, Conversation talk, HeldMessage message)
    {
        if (!message.Judge)
        {
            Pass(stream, side, message, message.Drop ? ReadOnlyMemory<byte>.Empty : default(ReadOnlyMemory<byte>?));
            return;
        }

        talk.Judging = true;
        var guard = stream.Guard!;
        var fromApp = side == up;
        streams.Judge(stream, () => guard.JudgeMessageAsync(fromApp, message), decision => Carry(stream, side, talk, message, decision));
    }

    private void Carry(Http2GateStream stream, Http2GateSide side, Conversation talk, HeldMessage message, GuardDecision decision)
    {
        talk.Judging = false;
        if (decision.Blocks && !stream.IsWebSocket)
        {
            streams.Block(stream, decision);
            return;
        }

        if (decision.Blocks)
        {
            talk.Reader.Withhold();
            Pass(stream, side, message, ReadOnlyMemory<byte>.Empty);
            Notify(stream, decision.Answer);
        }
        else if (decision.Replacement is { } replacement && message.Complete)
        {
            Pass(stream, side, message, talk.Reader.Replace(message, replacement.Span));
        }
        else
        {
            Pass(stream, side, message, talk.Reader.Reframe(message));
        }

        Converse(stream, side, talk);
        if (stream.Ended(side.Direction))
        {
            End(stream, side, talk);
        }
    }

    private static void Pass(Http2GateStream stream, Http2GateSide side, in HeldMessage message, ReadOnlyMemory<byte>? instead)
    {
        if (instead is { } bytes)
        {
            side.Splice(stream, message.WireBytes, bytes.Span);
        }
        else
        {
            stream.Queue(side.Direction).Allowed += message.WireBytes;
        }
    }

    private void Notify(Http2GateStream stream, BlockAnswer? answer)
    {
        context.Counters.Add("gate.blocked");
        if (answer?.Message is { } message)
        {
            stream.Notices.Add(WebSocketFrames.Text(message.Span));
        }

        if (answer?.CloseCode is { } code)
        {
            stream.Notices.Add(WebSocketFrames.Close(code, answer.CloseReason, masked: false));
            up.Splice(stream, 0, WebSocketFrames.Close(code, answer.CloseReason, masked: true).Span);
        }

        Converse(stream, down, stream.DownTalk!);
        if (answer?.CloseCode is not null)
        {
            stream.UpTalk!.Closed = stream.DownTalk!.Closed = true;
        }
    }
}
