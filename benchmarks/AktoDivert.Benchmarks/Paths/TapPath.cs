using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Proxy.Relay;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>What the tap does for one call, up to the hand-over: framing, header fields, both bodies copied.</summary>
internal abstract class TapPath : HotPath, IExchangeSink
{
    private readonly IConnectionTap _tap;
    private int _completed;

    private TapPath(string protocol) => _tap = new ConnectionTapFactory(this, new AgentCounters(), TimeProvider.System, new CaptureLimits())
        .Create(SampleCall.Flow(protocol));

    /// <inheritdoc />
    public void Complete(Exchange exchange)
    {
        _completed++;
        exchange.Release();
    }

    /// <inheritdoc />
    public override void Run()
    {
        var before = _completed;
        Pass(RelayDirection.Up, Up);
        Pass(RelayDirection.Down, Down);
        if (_completed != before + 1)
        {
            throw new InvalidOperationException("the call was not recorded");
        }
    }

    private protected abstract ReadOnlySpan<byte> Up { get; }

    private protected abstract ReadOnlySpan<byte> Down { get; }

    private protected void Pass(RelayDirection direction, ReadOnlySpan<byte> bytes)
    {
        _tap.Feed(direction, bytes);
        _tap.Forwarded(direction);
    }

    /// <summary>Over HTTP/1.1.</summary>
    internal sealed class Http1() : TapPath("http/1.1")
    {
        /// <inheritdoc />
        public override string Name => "tap-http1-call";

        private protected override ReadOnlySpan<byte> Up => SampleCall.Http1Request;

        private protected override ReadOnlySpan<byte> Down => SampleCall.Http1Response;
    }

    /// <summary>Over HTTP/2, a new stream each time.</summary>
    internal sealed class Http2 : TapPath
    {
        private readonly SampleHttp2Call _call = new();

        public Http2()
            : base("h2")
        {
            Pass(RelayDirection.Up, SampleHttp2Call.ClientPreface);
            Pass(RelayDirection.Down, SampleHttp2Call.ServerPreface);
        }

        /// <inheritdoc />
        public override string Name => "tap-http2-call";

        private protected override ReadOnlySpan<byte> Up => _call.NextRequest();

        private protected override ReadOnlySpan<byte> Down => _call.Response;
    }
}
