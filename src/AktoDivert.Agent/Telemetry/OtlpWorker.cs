using AktoDivert.Agent.Configuration;
using AktoDivert.Capture;
using AktoDivert.Core.Diagnostics;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AktoDivert.Agent.Telemetry;

/// <summary>Exports AI calls and the agent's own figures over OTLP (HTTP with protobuf) to the configured collector. A collector that is away costs nothing but its records.</summary>
internal sealed class OtlpWorker(AgentOptions options, RecordFeed feed, AgentCounters counters) : BackgroundService
{
    private const int Waiting = 4096;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var endpoint = options.Guard.OtlpEndpoint!.AbsoluteUri.TrimEnd('/');
        var resource = ResourceBuilder.CreateDefault().AddService("aktodivert", serviceVersion: Hosting.StatusSource.Version);
        using var telemetry = new GenAiTelemetry(options.Guard.OtlpContent);
        using var spans = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(GenAiTelemetry.Name)
            .AddOtlpExporter(exporter => Configure(exporter, $"{endpoint}/v1/traces")).Build();
        using var metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(GenAiTelemetry.Name, StageMetrics.MeterName)
            .AddOtlpExporter(exporter => Configure(exporter, $"{endpoint}/v1/metrics")).Build();
        using var subscription = feed.Subscribe(Waiting);
        try
        {
            await foreach (var record in subscription.Records.ReadAllAsync(stoppingToken))
            {
                telemetry.Export(record);
                counters.Add("otlp.exported");
            }
        }
        catch (OperationCanceledException)
        {
            // The agent stops; disposing the providers sends what waits.
        }
    }

    private static void Configure(OtlpExporterOptions exporter, string endpoint)
    {
        exporter.Endpoint = new Uri(endpoint);
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.TimeoutMilliseconds = 3000;
    }
}
