using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using AktoDivert.Agent.Benchmarking;
using AktoDivert.SideBySide.Loads;
using AktoDivert.SideBySide.Peers;
using AktoDivert.SideBySide.Results;

namespace AktoDivert.SideBySide.Suites;

/// <summary>Memory, CPU at rest, and the time until an agent works.</summary>
internal static class ResourceSuite
{
    private const int SseStreams = 1000;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WatchingStreams = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Sampling = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs it.</summary>
    public static async Task RunAsync(Scope scope)
    {
        await TryAsync(scope, "start to first answered call, ms", 350, () => StartsAsync(scope));
        using var agent = await scope.Peers.StartAgentAsync();
        await Task.Delay(Settling);
        await TryAsync(scope, "fresh agent, MB", 60, () => Single(Task.FromResult(agent.ResidentBytes / 1e6)));
        await TryAsync(scope, "idle agent, CPU in percent of a core", 0.2, () => Single(RestAsync(agent, TimeSpan.FromSeconds(scope.Quick ? 20 : 60))));
        await TryAsync(scope, "idle intercepted connection, KB", 30, () => Single(IdleConnectionsAsync(agent, scope.Amount(1000))));
        await TryAsync(scope, "1,000 open SSE streams, MB", 150, () => Single(StreamsAsync(scope)));
    }

    private static Task TryAsync(Scope scope, string work, double goal, Func<Task<IReadOnlyList<double>>> measure) =>
        scope.Findings.TryAsync(work, async () => Row.Of(work, "-", goal, await measure()));

    private static async Task<IReadOnlyList<double>> Single(Task<double> figure) => [await figure];

    private static async Task<IReadOnlyList<double>> StartsAsync(Scope scope)
    {
        var took = new List<double>();
        for (var i = 0; i < scope.Rounds + 1; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var agent = await scope.Peers.StartAgentAsync("state-kept");
            var roots = new X509Certificate2Collection(X509CertificateLoader.LoadCertificateFromFile(BenchmarkProxy.DeviceRootFile(scope.Peers.Folder)));
            using var client = new BenchmarkClient(agent.Port, roots, HttpVersion.Version11);
            await client.CallAsync(CancellationToken.None);
            took.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        // The first one makes the certificate authority, once in a device's life.
        return took[1..];
    }

    private static async Task<double> RestAsync(BenchmarkProcess agent, TimeSpan duration)
    {
        await Processes.EndStartAsync(agent.Id);
        var before = Processes.CpuSeconds(agent.Id);
        await Task.Delay(duration);
        return (Processes.CpuSeconds(agent.Id) - before) / duration.TotalSeconds * 100;
    }

    private static async Task<double> IdleConnectionsAsync(BenchmarkProcess agent, int connections)
    {
        await using (await IdleConnections.OpenAsync(agent.Port, 50))
        {
        }

        await Task.Delay(Settling);
        var before = agent.ResidentBytes;
        await using var open = await IdleConnections.OpenAsync(agent.Port, connections);
        await Task.Delay(Settling);
        return (agent.ResidentBytes - before) / (double)connections / 1e3;
    }

    private static async Task<double> StreamsAsync(Scope scope)
    {
        using var agent = await scope.Peers.StartAgentAsync();
        await using var open = await OpenStreams.OpenAsync(agent.Port, SseStreams);
        double most = 0;
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < WatchingStreams; await Task.Delay(Sampling))
        {
            most = Math.Max(most, agent.ResidentBytes);
        }

        open.AssertOpen();
        return most / 1e6;
    }
}
