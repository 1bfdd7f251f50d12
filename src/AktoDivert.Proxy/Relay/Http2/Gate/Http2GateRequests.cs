using AktoDivert.Core.Guarding;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Proxy.Relay.Http2.Gate;

/// <summary>Requests that are held whole until their verdict.</summary>
internal sealed class Http2GateRequests(GateContext context, Http2GateStreams streams, Http2GateSide up)
{
    /// <summary>More of a held request came.</summary>
    public void Grew(Http2GateStream stream, bool ends)
    {
        var options = context.Options;
        if (ends)
        {
            Judge(stream, whole: true);
        }
        else if (stream.UpQueue.Payload > options.MaxHeldBytes || up.Judged > options.MaxHeldBytesPerConnection)
        {
            context.Counters.Add("gate.judged-early.size");
            Judge(stream, whole: false);
        }
        else
        {
            up.Lend(stream);
        }
    }

    /// <summary>Asks for the verdict on what is held.</summary>
    public void Judge(Http2GateStream stream, bool whole)
    {
        stream.Judging = true;
        var body = stream.UpQueue.CopyBody();
        var (guard, coding) = (stream.Guard!, stream.RequestCoding);
        streams.Judge(stream, () => HeldBody.JudgeAsync(guard, body, whole, coding), decision => Carry(stream, decision, whole));
    }

    private void Carry(Http2GateStream stream, GuardDecision decision, bool whole)
    {
        stream.Judging = stream.Holding = false;
        var queue = stream.UpQueue;
        if (!decision.Blocks && HeldBody.Replacement(decision, whole, stream.RequestCoding) is { } replacement)
        {
            if (replacement.Body.Length == queue.Body && replacement.Coded)
            {
                queue.Allow(replacement.Body.Span);
            }
            else if (replacement.Coded && !stream.LengthDeclared)
            {
                up.Splice(stream, queue.Body, replacement.Body.Span);
            }
            else
            {
                context.Counters.Add("gate.blocked.not-redactable");
                decision = GateAnswers.CannotRedact;
            }
        }

        if (decision.Blocks)
        {
            streams.Block(stream, decision);
            return;
        }

        queue.Stopped = false;
        queue.Allowed = HeldQueue.All;
    }
}
