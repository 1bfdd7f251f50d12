using AktoDivert.Capture;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Policy;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>
/// Everything after a call has passed, from the tap's last byte to the record that is taken to be sent: hand-over, path rules, guard, record. The tap's
/// own filling of the exchange is in it.
/// </summary>
internal abstract class CapturePath : HotPath, IDisposable
{
    private readonly ExchangeRing _ring;
    private readonly RecordOutbox _outbox = new(int.MaxValue, long.MaxValue);
    private readonly CaptureWorker _worker;
    private readonly Flow _flow = SampleCall.Flow("http/1.1");
    private Exchange? _exchange;

    private protected CapturePath(IGuard guard)
    {
        var options = new CaptureOptions();
        var counters = new AgentCounters();
        _ring = new ExchangeRing(options, counters);
        var policy = new PolicyProvider(
            PolicySnapshot.Compile(new PolicySettings { AiDomains = ["anthropic.com"] }, out _), new LearnedPassthroughTable(TimeProvider.System));
        _worker = new CaptureWorker(
            _ring, new RecordFeed(TimeProvider.System), policy, guard, DeviceIdentity.Create("benchmark", "machine", "u"), options, counters,
            TimeProvider.System, NullLogger<CaptureWorker>.Instance, _outbox);
        _exchange = new Exchange(exchange => _exchange = exchange);
    }

    /// <inheritdoc />
    public override bool CountsInstructions => false;

    /// <inheritdoc />
    public override void Run()
    {
        Fill(_exchange!, _flow);
        _ring.Complete(_exchange!);
        if (!_ring.TryTake(out var exchange) || !_worker.ProcessAsync(exchange, CancellationToken.None).IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("nothing here should wait");
        }

        if (_outbox.TryTake(long.MaxValue, out var record))
        {
            record.Release();
        }
    }

    /// <summary>Fills an empty exchange, as a tap does.</summary>
    private protected virtual void Fill(Exchange exchange, Flow flow) => SampleCall.Fill(exchange, flow);

    /// <inheritdoc />
    public void Dispose()
    {
        _worker.Dispose();
        _outbox.Dispose();
        _ring.Dispose();
    }
}
