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
    /// <summary>A stream is a conversation.</summary>
    public void Begin(Http2GateStream stream, IMessageReader app, IMessageReader server)
    {
        stream.UpTalk = new(app, (message, instead) => Pass(stream, up, message, instead));
        stream.DownTalk = new(server, (message, instead) => Pass(stream, down, message, instead));
    }

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
        Begin(
            stream,
            new WebSocketMessageReader(true, extensions.Deflate, !extensions.AppKeepsNoContext, context.Options),
            new WebSocketMessageReader(false, extensions.Deflate, !extensions.ServerKeepsNoContext, context.Options));
        stream.UpTalk!.Reader.Append(stream.UpQueue.CopyBody());
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
        if (talk.Judging)
        {
            return;
        }

        if (talk.Reader.TryGiveUp(out var rest))
        {
            Take(stream, side, talk, rest);
        }
        else if (!talk.Held.IsEmpty)
        {
            Release(stream, talk);
        }
    }

    /// <summary>
    /// Gives a verdict on the beginning of a message that does not end, and lets pass what waited for the next one long enough; true when the stream
    /// needs looking at again.
    /// </summary>
    public bool Look(Http2GateStream stream)
    {
        var waits = false;
        foreach (var side in (ReadOnlySpan<Http2GateSide>)[up, down])
        {
            if (stream.Talk(side.Direction) is not { Judging: false, Closed: false } talk || stream.Queue(side.Direction).Judged == 0)
            {
                continue;
            }

            var quiet = context.Time.GetElapsedTime(stream.Since);
            if (!talk.Held.IsEmpty && quiet >= context.Options.ReleaseAfter)
            {
                Release(stream, talk);
            }

            if (quiet < context.Options.HoldLimit)
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
            talk.Held.PassUnjudged(message);
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
        if (side == up && stream.Answered)
        {
            // The server has reset the stream, and its last messages are all that still passes.
            return;
        }

        if (decision.Blocks && !stream.IsWebSocket)
        {
            streams.Block(stream, decision);
            return;
        }

        talk.Held.Carry(message, decision);
        if (decision.Blocks)
        {
            Notify(stream, decision.Answer);
        }

        if (talk.Held.WireBytes > context.Options.MaxHeldBytes)
        {
            Release(stream, talk);
        }
        else if (!talk.Held.IsEmpty)
        {
            streams.Watch(stream);
        }

        Converse(stream, side, talk);
        if (stream.Ended(side.Direction))
        {
            End(stream, side, talk);
        }
    }

    // Only the server's messages wait.
    private void Release(Http2GateStream stream, Conversation talk)
    {
        var decision = stream.Guard!.ReleaseMessages();
        talk.Held.Release(decision);
        if (decision.Blocks)
        {
            Notify(stream, decision.Answer);
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
