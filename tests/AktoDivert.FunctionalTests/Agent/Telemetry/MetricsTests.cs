using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using AktoDivert.Agent.Benchmarking;
using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Hosting;
using AktoDivert.Agent.Telemetry;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;
using AktoDivert.FunctionalTests.Agent.Guarding;
using AktoDivert.Proxy;
using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.FunctionalTests.Agent.Telemetry;

/// <summary>One guarded call through a whole agent, and what a collector gets of it.</summary>
[TestClass]
public sealed partial class MetricsTests
{
    private static readonly string[] Always =
    [
        "aktodivert.classification.duration", "aktodivert.upstream.handshake.duration", "aktodivert.app.handshake.duration",
        "aktodivert.guard.hold.duration", "aktodivert.relay.added.duration", "aktodivert.connections.open",
        "aktodivert.ring.length", "aktodivert.ring.size", "aktodivert.outbox.length", "aktodivert.spool.length", "aktodivert.events",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("aktodivert-metrics-").FullName;

    public required TestContext TestContext { get; init; }

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Every_stage_of_a_guarded_call_reaches_the_collector_and_the_dashboard_names_nothing_else()
    {
        var instruments = new ConcurrentDictionary<string, Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name is StageMetrics.MeterName or GenAiTelemetry.Name)
            {
                instruments.TryAdd(instrument.Name, instrument);
            }
        };
        listener.Start();
        await using var collector = await Collector.StartAsync();
        BenchmarkCertificates.Write(_folder, TimeProvider.System);
        var (server, upstream) = await BenchmarkUpstream.StartAsync(_folder);
        await using (server)
        {
            await CallThroughAgentAsync(collector.Address, upstream);
        }

        var metrics = string.Concat(collector.Posts.Where(post => post.Path == "/v1/metrics").Select(post => post.Body));
        foreach (var name in Always)
        {
            StringAssert.Contains(metrics, name);
        }

        var dashboard = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "packaging", "grafana", "aktodivert.json"), TestContext.CancellationToken);
        var named = MetricName().Matches(dashboard).Select(match => match.Value).Distinct().Order().ToArray();
        var exported = instruments.Values.Select(InPrometheus).Order().ToArray();
        CollectionAssert.AreEqual(exported, named);
    }

    private async Task CallThroughAgentAsync(Uri collector, int upstream)
    {
        var policies = Path.Combine(_folder, "guard.json");
        await File.WriteAllTextAsync(
            policies, """{"policies":[{"name":"secrets","action":"block","detectors":[{"type":"secrets"}]}]}""", TestContext.CancellationToken);
        var options = new AgentOptions
        {
            StateDirectory = Path.Combine(_folder, "state"),
            ControlSocket = Path.Combine(_folder, "c.sock"),
            Policy = new PolicySection { Patterns = [new ProxyPattern { Pattern = BenchmarkCertificates.Host, Intercept = true }] },
            Guard = new GuardSection { PoliciesFile = policies, OtlpEndpoint = collector },
            Proxy = new ProxySection { ExtraRootsFile = BenchmarkCertificates.RootFile(_folder) },
        };
        var console = new AgentConsole(TextWriter.Null, TextWriter.Null, isTerminal: false) { Environment = new Dictionary<string, string>() };
        using var host = AgentHost.Build(options, console, replace: services =>
            services.AddSingleton<IFlowRedirector>(new SingleDestinationRedirector(new IPEndPoint(IPAddress.Loopback, upstream))));
        await host.StartAsync(TestContext.CancellationToken);
        var roots = new X509Certificate2Collection(X509CertificateLoader.LoadCertificate(host.Services.GetRequiredService<DeviceAuthority>().Root!.RawData));
        var counters = host.Services.GetRequiredService<AgentCounters>();
        using (var client = new BenchmarkClient(host.Services.GetRequiredService<TransparentProxy>().PortV4, roots, HttpVersion.Version11))
        {
            // Until the policy file is in force and the exporter listens, both of which happen beside the start.
            while (counters["gate.connections"] == 0 || counters["otlp.exported"] == 0)
            {
                using var another = new BenchmarkClient(host.Services.GetRequiredService<TransparentProxy>().PortV4, roots, HttpVersion.Version11, keepsConnections: false);
                await another.CallAsync(TestContext.CancellationToken);
            }

            await client.CallAsync(TestContext.CancellationToken);
        }

        await host.StopAsync(TestContext.CancellationToken);
    }

    // OpenTelemetry's compatibility with Prometheus: dots become underscores, a unit that is no annotation a suffix, a sum _total.
    private static string InPrometheus(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_') + instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        return instrument is ObservableCounter<long> ? name + "_total" : name;
    }

    // In the dashboard a histogram appears by its parts.
    [GeneratedRegex(@"\b(aktodivert|gen_ai_client)_[a-z_]+?(?=(_bucket|_sum|_count)?[\[{)])")]
    private static partial Regex MetricName();
}
