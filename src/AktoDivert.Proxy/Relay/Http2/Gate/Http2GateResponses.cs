using AktoDivert.Core.Guarding;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Proxy.Relay.Http2.Gate;

/// <summary>Responses that pass through the guard.</summary>
internal sealed class Http2GateResponses(GateContext context, Http2GateStreams streams, Http2GateSide up, Http2GateSide down)
{
    private const uint InternalError = 2;
    private const uint Cancel = 8;

    /// <summary>DATA of a response.</summary>
    public void Data(Http2GateStream stream, ResponseFilter filter, ReadOnlySpan<byte> frame, ReadOnlySpan<byte> body, bool ends)
    {
        var decision = filter.Grow(body, ends);
        if (filter.OnlyObserves)
        {
            down.Put(stream, frame, ends);
            return;
        }

        if (filter.Reframes)
        {
            Reframe(stream, filter.Released, frame.Length - Http2FrameHeader.Size, ends && !decision.Blocks);
        }
        else
        {
            Overwrite(stream, filter, frame, body, ends);
            if (ends && !decision.Blocks && stream.DownQueue.AllowRest() > 0)
            {
                context.Counters.Add("gate.masked-rest");
            }
        }

        if (decision.Blocks)
        {
            Block(stream, decision);
            return;
        }

        down.Drain();
        down.Lend(stream);
        if (filter.Holds)
        {
            streams.Watch(stream);
        }
    }

    private void Overwrite(Http2GateStream stream, ResponseFilter filter, ReadOnlySpan<byte> frame, ReadOnlySpan<byte> body, bool ends)
    {
        var queue = stream.DownQueue;
        if (queue.IsEmpty && filter.Released.SequenceEqual(body))
        {
            // Untouched and nothing held: as it came.
            queue.Allowed = HeldQueue.All;
            down.Put(stream, frame, ends);
            queue.Allowed = queue.Body;
            return;
        }

        down.Enqueue(stream, HeldFrame.Data(frame, ends));
        queue.Allow(filter.Released);
    }

    private void Reframe(Http2GateStream stream, ReadOnlySpan<byte> released, int received, bool ends)
    {
        if (!released.IsEmpty)
        {
            down.Inject(stream, released, endStream: false);
        }

        if (received > 0)
        {
            // Credit goes back to the server when the app took what came of it.
            down.Enqueue(stream, HeldFrame.CreditOf(received));
        }

        if (ends)
        {
            down.Inject(stream, [], endStream: true);
        }
    }

    /// <summary>Trailers follow: false when the response was blocked instead.</summary>
    public bool End(Http2GateStream stream, ResponseFilter filter)
    {
        var decision = filter.Grow([], last: true);
        if (filter.OnlyObserves)
        {
            return true;
        }

        if (filter.Reframes)
        {
            Reframe(stream, filter.Released, 0, ends: false);
        }
        else
        {
            stream.DownQueue.Allow(filter.Released);
        }

        if (decision.Blocks)
        {
            Block(stream, decision);
            return false;
        }

        stream.DownQueue.AllowRest();
        down.Drain();
        return true;
    }

    private void Block(Http2GateStream stream, GuardDecision decision)
    {
        context.Counters.Add("gate.blocked");
        up.WriteControl(Http2FrameType.RstStream, stream.Id, Cancel);
        var queue = stream.DownQueue;
        if (stream.ResponseLengthDeclared || decision.Answer is not { StreamTail.IsEmpty: false } answer)
        {
            down.DropQueue(stream);
            down.WriteControl(Http2FrameType.RstStream, stream.Id, InternalError);
            stream.ResponseEnded = true;
            streams.Entomb(stream, answered: false);
            return;
        }

        if (stream.Filter is { Reframes: false })
        {
            down.Splice(stream, Math.Max(0, queue.Body - queue.Allowed), []);
        }

        queue.DropEnd();
        queue.Allowed = HeldQueue.All;
        down.Inject(stream, answer.StreamTail.Span, endStream: true);
        stream.ResponseEnded = true;
        streams.Entomb(stream, answered: true);
        down.Drain();
        streams.CloseIfOver(stream);
    }

    /// <summary>What is held of a quiet response passes, as the policy wants it.</summary>
    public void Release(Http2GateStream stream, ResponseFilter filter)
    {
        context.Counters.Add("gate.released.quiet");
        var decision = filter.ReleaseHeld();
        if (filter.Reframes)
        {
            Reframe(stream, filter.Released, 0, ends: false);
        }
        else
        {
            stream.DownQueue.Allow(filter.Released);
        }

        if (decision.Blocks)
        {
            Block(stream, decision);
        }
    }
}
