using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Proxy.Relay;

/// <summary>
/// Fills the exchanges of one connection and gives them away. The taps decide what belongs where; the fields
/// that all protocols share are set here. Not thread-safe: the tap's lock covers it.
/// </summary>
internal sealed class ExchangeRecorder(
    Flow flow, IExchangeSink sink, AgentCounters counters, TimeProvider time, CaptureLimits limits, ExchangePool pool)
{
    /// <summary>What the proxy itself adds to the exchanges.</summary>
    public ForwardTimes Forwards { get; } = new(sink, time);

    public CaptureLimits Limits => limits;

    public Flow Flow => flow;

    /// <summary>When what is being observed happened: one reading of the clock for all that a read brought.</summary>
    public long Timestamp { get; private set; }

    /// <summary>The same, with the wall clock.</summary>
    public Moment Moment => new(time.GetUtcNow(), Timestamp);

    /// <summary>The clock, to be noted as <see cref="Timestamp"/> under the tap's lock.</summary>
    public long Now() => time.GetTimestamp();

    /// <summary>What happened then is observed next.</summary>
    public void Observe(long timestamp) => Timestamp = timestamp;

    public Exchange Begin(ExchangeProtocol protocol, long streamId, Moment started)
    {
        var exchange = pool.Rent();
        ForwardTimes.Hold(exchange);
        exchange.Flow = flow;
        exchange.Protocol = protocol;
        exchange.StreamId = streamId;
        exchange.Started = started.Time;
        exchange.StartTimestamp = started.Timestamp;
        exchange.RequestBody.Limit = limits.RequestBodyBytes;
        exchange.ResponseBody.Limit = limits.ResponseBodyBytes;
        return exchange;
    }

    public void RequestCompleted(Exchange exchange) => exchange.RequestEndTimestamp = Timestamp;

    /// <summary>Gives the exchange to the sink, at once or when its writes are done; the caller must forget it.</summary>
    public void Complete(Exchange exchange, ExchangeEnd end, string? incomplete = null)
    {
        exchange.End = end;
        exchange.EndTimestamp = Timestamp;
        exchange.Incomplete ??= incomplete ?? CutBy(exchange);
        Forwards.LetGo(exchange);
    }

    /// <summary>Records what a gate says of an open exchange.</summary>
    public static void Record(Exchange exchange, in Judged judged)
    {
        var judgement = exchange.Judgement;
        judgement.Unchecked ??= judged.Unchecked;
        if (judged.Guard is { } guard)
        {
            judgement.Call.Clear();
            guard.WriteCall(judgement.Call);
        }

        judgement.Took += judged.Took;
        if (judged.Unchecked is null || judged.Decision.Blocks)
        {
            judgement.Add(judged.Decision);
        }

        // What the server sent is recorded as it reached the app, masked already.
        if ((judged.Decision.Recorded ?? judged.Decision.Replacement) is not { } recorded)
        {
            return;
        }

        if (judged.Part == JudgedPart.Request)
        {
            exchange.RequestBody.ReplaceDecoded(recorded.Span);
        }
        else if (judged.Part == JudgedPart.AppMessage)
        {
            var number = judged.Message;
            exchange.Messages.Find(m => m.FromApp && m.Number == number)?.Payload.ReplaceDecoded(recorded.Span);
        }
    }

    /// <summary>A decision came when its exchange was over, because the app or the server had gone.</summary>
    public void CountLateVerdict() => counters.Add("guard.unrecorded");

    public void CountOpaque(OpaqueCause cause) => counters.Add(cause.Counter);

    private static string? CutBy(Exchange exchange) =>
        exchange.RequestHeaders.IsTruncated || exchange.ResponseHeaders.IsTruncated ? "header fields beyond the limit were not kept"
        : exchange.RequestBody.IsTruncated ? "request body cut at the capture limit"
        : exchange.ResponseBody.IsTruncated ? "response body cut at the capture limit"
        : null;
}
