using AktoDivert.Capture;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>A call into the full ring, which drops the oldest one. The tap's own filling of the exchange is in it.</summary>
internal sealed class RingPath : HotPath, IDisposable
{
    private readonly ExchangeRing _ring = new(new CaptureOptions { RingRecords = 256 }, new AgentCounters());
    private readonly Flow _flow = SampleCall.Flow("http/1.1");
    private readonly Stack<Exchange> _free = new();

    /// <inheritdoc />
    public override string Name => "ring-add";

    /// <inheritdoc />
    public override void Run()
    {
        var exchange = _free.TryPop(out var free) ? free : new Exchange(_free.Push);
        SampleCall.Fill(exchange, _flow);
        _ring.Complete(exchange);
    }

    /// <inheritdoc />
    public void Dispose() => _ring.Dispose();
}
