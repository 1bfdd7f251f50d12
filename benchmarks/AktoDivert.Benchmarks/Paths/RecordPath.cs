using AktoDivert.Capture;
using AktoDivert.Capture.Records;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>What the capture worker does for one call: decode, scrub, serialise.</summary>
internal sealed class RecordPath : HotPath, IDisposable
{
    private readonly Exchange _exchange = SampleCall.Exchange();
    private readonly RecordBuilder _builder = new(new CaptureOptions(), DeviceIdentity.Create("benchmark", "machine", "u"), TimeProvider.System, new AgentCounters());

    /// <inheritdoc />
    public override string Name => "record";

    /// <inheritdoc />
    public override void Run() => _builder.Build(_exchange);

    /// <inheritdoc />
    public void Dispose() => _builder.Dispose();
}
