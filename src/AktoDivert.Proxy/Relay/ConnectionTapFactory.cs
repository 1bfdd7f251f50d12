using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Proxy.Relay.Http1;
using AktoDivert.Proxy.Relay.Http2;

namespace AktoDivert.Proxy.Relay;

/// <summary>Makes the taps of all connections; they share one pool of exchanges.</summary>
internal sealed class ConnectionTapFactory(
    IExchangeSink sink, AgentCounters counters, TimeProvider time, CaptureLimits limits)
    : IConnectionTapFactory
{
    private readonly ExchangePool _pool = new();

    /// <inheritdoc />
    public IConnectionTap Create(Flow flow)
    {
        var recorder = new ExchangeRecorder(flow, sink, counters, time, limits, _pool);
        return flow.NegotiatedProtocol == "h2" ? new Http2Tap(recorder) : new Http1Tap(recorder);
    }
}
