using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Guardrails;
using AktoDivert.Guardrails.Policies;
using AktoDivert.Proxy.Relay;
using AktoDivert.Proxy.Relay.Gates;
using AktoDivert.Proxy.Relay.Http1.Gate;
using AktoDivert.Proxy.Relay.Http2.Gate;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>A clean call through the gate of a connection whose policy redacts secrets and personal data both ways, up to the hand-over.</summary>
internal abstract class GatePath : HotPath, IExchangeSink, IDisposable
{
    private readonly Flow _flow;
    private readonly AgentCounters _counters = new();
    private readonly IConnectionTap _tap;
    private readonly IConnectionGate _gate;
    private long _passedUp;
    private int _judged;

    private protected GatePath(string protocol)
    {
        _flow = SampleCall.Flow(protocol);
        _tap = new ConnectionTapFactory(this, _counters, TimeProvider.System, new CaptureLimits()).Create(_flow);
        var guard = new PolicyGuard("benchmark", [], null, _counters, TimeProvider.System)
        {
            Policies = PolicyCompiler.Compile(
                [new GuardrailPolicy { Name = "p", Action = "redact", Detectors = [new GuardrailDetector { Type = "secrets" }, new GuardrailDetector { Type = "pii" }] }], out _),
        };
        var context = new GateContext(guard, _flow, _tap, new GateOptions { ReleaseAfter = TimeSpan.FromHours(1) }, _counters, TimeProvider.System);
        var up = new GateOutput(static _ => default, bytes => Interlocked.Add(ref _passedUp, bytes.Length));
        var down = new GateOutput(static _ => default, bytes => _tap.Feed(RelayDirection.Down, bytes), () => _tap.Forwarded(RelayDirection.Down));
        _gate = protocol == "h2" ? new Http2Gate(context, up, down) : new Http1Gate(context, up, down);
    }

    /// <inheritdoc />
    public override bool CountsInstructions => false;

    /// <inheritdoc />
    public void Complete(Exchange exchange)
    {
        var call = exchange.Judgement.Call.Span;
        _judged += exchange.Judgement.IsJudged && call.IndexOf("\"claude-sonnet-4-5\""u8) > 0 && call.IndexOf("_tokens\":200"u8) > 0 ? 1 : 0;
        exchange.Release();
    }

    /// <inheritdoc />
    public override void Run()
    {
        var before = _judged;
        var passed = Volatile.Read(ref _passedUp) + SampleCall.RequestBody.Length;
        Pass(RelayDirection.Up, Up);

        // Over HTTP/2 the verdict is made on another thread.
        var spin = default(SpinWait);
        while (Volatile.Read(ref _passedUp) < passed)
        {
            spin.SpinOnce();
        }

        Pass(RelayDirection.Down, Down);
        if (_judged != before + 1)
        {
            throw new InvalidOperationException("the call was not judged");
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _gate.Dispose();
        _tap.Close();
    }

    private protected abstract ReadOnlyMemory<byte> Up { get; }

    private protected abstract ReadOnlyMemory<byte> Down { get; }

    private protected void Pass(RelayDirection direction, ReadOnlyMemory<byte> bytes)
    {
        if (direction == RelayDirection.Up)
        {
            _tap.Feed(direction, bytes.Span);
        }

        if (_gate.PassAsync(direction, bytes).AsTask() is not { IsCompletedSuccessfully: true, Result: true })
        {
            throw new InvalidOperationException("nothing here should wait or end");
        }

        if (direction == RelayDirection.Up)
        {
            _tap.Forwarded(direction);
        }
    }

    /// <summary>Over HTTP/1.1.</summary>
    internal sealed class Http1() : GatePath("http/1.1")
    {
        /// <inheritdoc />
        public override string Name => "gate-http1-call";

        private protected override ReadOnlyMemory<byte> Up => SampleCall.Http1Request;

        private protected override ReadOnlyMemory<byte> Down => SampleCall.Http1Response;
    }

    /// <summary>Over HTTP/2, a new stream each time.</summary>
    internal sealed class Http2 : GatePath
    {
        private readonly SampleHttp2Call _call = new();

        public Http2()
            : base("h2")
        {
            Pass(RelayDirection.Up, SampleHttp2Call.ClientPreface);
            Pass(RelayDirection.Down, SampleHttp2Call.ServerPreface);
        }

        /// <inheritdoc />
        public override string Name => "gate-http2-call";

        /// <inheritdoc />
        public override bool UsesOtherThreads => true;

        private protected override ReadOnlyMemory<byte> Up => _call.NextRequest();

        private protected override ReadOnlyMemory<byte> Down => _call.Response;
    }
}
