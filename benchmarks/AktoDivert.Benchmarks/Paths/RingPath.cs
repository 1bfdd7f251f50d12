using AktoDivert.Capture;
using AktoDivert.Core.Diagnostics;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>A record through the full ring, which drops the oldest one.</summary>
internal sealed class RingPath : HotPath, IDisposable
{
    private readonly ExchangeRing _ring = new(new CaptureOptions { RingRecords = 256 }, new AgentCounters());
    private readonly byte[] _record = new byte[5000];

    /// <inheritdoc />
    public override string Name => "ring-add";

    /// <inheritdoc />
    public override void Run() => _ring.Add(_record);

    /// <inheritdoc />
    public void Dispose() => _ring.Dispose();
}
