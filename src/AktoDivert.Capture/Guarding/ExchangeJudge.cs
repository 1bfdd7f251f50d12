using AktoDivert.Capture.Records;
using AktoDivert.Core.Content;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Capture.Guarding;

/// <summary>
/// Step 4 where the policy only observes: judges exchanges after they passed, on the capture worker's thread. What a gate has judged
/// already it leaves alone. Judges one exchange at a time.
/// </summary>
internal sealed class ExchangeJudge(IGuard guard, CaptureOptions options, AgentCounters counters) : IDisposable
{
    private readonly ByteBuffer _decoded = new(options.InflatedLimit);

    /// <summary>Gives its buffer back.</summary>
    public void Dispose() => _decoded.Dispose();

    /// <summary>Has the exchange judged and puts the judgement, and what is to be recorded in place of secrets, into it. Never throws.</summary>
    public async ValueTask JudgeAsync(Exchange exchange, CancellationToken cancellation)
    {
        var judgement = exchange.Judgement;
        if (judgement.IsJudged || judgement.Unchecked is not null)
        {
            return;
        }

        try
        {
            if (guard.InterestIn(exchange.Flow) == GuardInterest.None)
            {
                return;
            }

            using var judge = guard.Begin(exchange.Flow, exchange.Protocol, exchange.StreamId, exchange.RequestHeaders);
            if (judge is not null)
            {
                judgement.Add(judge.JudgeHead());
                await JudgeAsync(exchange, judge, cancellation);
                judge.WriteCall(judgement.Call);
            }
        }
#pragma warning disable CA1031 // Whatever goes wrong in a detector, the call is still recorded, and marked.
        catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            counters.Add("guard.unchecked.fault");
            judgement.Unchecked = $"the guard failed: {e.GetType().Name}";
        }
    }

    private async ValueTask JudgeAsync(Exchange exchange, IExchangeGuard judge, CancellationToken cancellation)
    {
        if (exchange.Protocol == ExchangeProtocol.WebSocket)
        {
            foreach (var message in exchange.Messages)
            {
                var decision = await judge.JudgeMessageAsync(
                    message.FromApp, message.IsText, message.Payload.Kept, !message.Payload.IsTruncated, cancellation);
                Add(exchange, decision, message.Payload);
            }

            return;
        }

        var complete = Decode(exchange.RequestBody, exchange.RequestHeaders, out var body);
        Add(exchange, await judge.JudgeRequestAsync(body, complete, cancellation), exchange.RequestBody);
        if (exchange.StatusCode != 0 && judge.WantsResponse(exchange.StatusCode, exchange.ResponseHeaders) != ResponseInterest.None)
        {
            Decode(exchange.ResponseBody, exchange.ResponseHeaders, out body);
            Add(exchange, judge.JudgeResponse(body), exchange.ResponseBody);
        }
    }

    private static void Add(Exchange exchange, GuardDecision decision, CapturedBody body)
    {
        exchange.Judgement.Add(decision);
        if ((decision.Recorded ?? decision.Replacement) is { } recorded)
        {
            body.ReplaceDecoded(recorded.Span);
        }
    }

    private bool Decode(CapturedBody body, HeaderBlock headers, out ReadOnlyMemory<byte> decoded)
    {
        var codings = BodyCodings.Of(headers);
        if (codings.Length == 0 && body.Kept.Length <= options.InflatedLimit)
        {
            decoded = body.Kept;
            return !body.IsTruncated;
        }

        _decoded.Clear();
        var outcome = ContentDecoder.Decode(body.Kept, codings, _decoded, _decoded.Free);
        decoded = _decoded.Memory;
        return outcome == DecodeOutcome.Complete && !body.IsTruncated;
    }
}
