using System.Diagnostics.Metrics;
using AktoDivert.Agent.Hosting;
using AktoDivert.Capture;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Proxy;
using Microsoft.Extensions.Hosting;

namespace AktoDivert.Agent.Telemetry;

/// <summary>How much waits between the stages, and every counter of the agent, read when an exporter asks.</summary>
internal sealed class AgentGauges(ExchangeRing ring, UploadProgress upload, TransparentProxy proxy, AgentCounters counters, RecordOutbox? outbox = null)
    : IHostedService, IDisposable
{
    private readonly Meter _meter = new(StageMetrics.MeterName);

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _meter.CreateObservableGauge("aktodivert.connections.open", () => proxy.ActiveConnections, "{connection}", "Connections through the proxy now.");
        _meter.CreateObservableGauge("aktodivert.ring.length", () => ring.Count, "{call}", "Calls that wait in memory to be made into records.");
        _meter.CreateObservableGauge("aktodivert.ring.size", () => ring.Bytes, "By", "Bytes of the calls that wait in memory.");
        _meter.CreateObservableGauge("aktodivert.outbox.length", () => outbox?.Count ?? 0, "{record}", "Records that wait in memory for upload.");
        _meter.CreateObservableGauge("aktodivert.spool.length", () => upload.SpoolRecords, "{record}", "Records that wait on disk for upload.");
        _meter.CreateObservableCounter("aktodivert.events", ReadCounters, "{event}", "The counters that status shows, by name.");
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> ReadCounters() =>
        counters.Read().Select(static counter => new Measurement<long>(counter.Value, KeyValuePair.Create<string, object?>("event", counter.Key)));
}
