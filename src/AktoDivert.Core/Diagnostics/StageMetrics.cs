using System.Diagnostics.Metrics;

namespace AktoDivert.Core.Diagnostics;

/// <summary>
/// What each stage adds to the traffic, as OpenTelemetry histograms in seconds. Nothing is computed or allocated while nobody listens.
/// </summary>
public static class StageMetrics
{
    /// <summary>Name of the meter, which the exporter subscribes to.</summary>
    public const string MeterName = "AktoDivert";

    private static readonly Meter Meter = new(MeterName);

    /// <summary>From a connection's accept until the policy has decided it: receiving and reading the ClientHello.</summary>
    public static Histogram<double> Classification { get; } =
        Create("aktodivert.classification.duration", "From accept to the policy's decision.");

    /// <summary>Connecting to the server and its TLS handshake, which an intercepted app waits for.</summary>
    public static Histogram<double> UpstreamHandshake { get; } =
        Create("aktodivert.upstream.handshake.duration", "Connecting to the server and its TLS handshake.");

    /// <summary>The TLS handshake with the app.</summary>
    public static Histogram<double> AppHandshake { get; } = Create("aktodivert.app.handshake.duration", "TLS handshake with the app.");

    /// <summary>How long the guard held a request or message that was whole, for its verdict.</summary>
    public static Histogram<double> GuardHold { get; } = Create("aktodivert.guard.hold.duration", "How long a whole request or message was held for its verdict.");

    /// <summary>What the relay added to a call: from the end of a read until its bytes were written on, both directions together.</summary>
    public static Histogram<double> RelayAdded { get; } = Create("aktodivert.relay.added.duration", "What the relay added to a call.");

    private static Histogram<double> Create(string name, string description) => Meter.CreateHistogram(
        name,
        "s",
        description,
        tags: null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
        });
}
