using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace AktoDivert.Agent.Benchmarking;

/// <summary>
/// What interception costs on this machine: the same calls directly and through a proxy of its own, alternately, in some twenty seconds. It
/// changes nothing on the machine, and no traffic leaves it.
/// </summary>
internal sealed class SelfBenchmark(BenchmarkProcess upstream, BenchmarkProcess proxy, X509Certificate2Collection roots)
{
    private const int Rounds = 3;
    private const int Callers = 4;
    private const int NewConnections = 50;
    private const long DownloadBytes = 64 << 20;
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    /// <summary>Measures.</summary>
    public async Task<IReadOnlyList<BenchmarkRow>> RunAsync(CancellationToken cancellationToken)
    {
        var rows = new List<BenchmarkRow> { new("agent at rest", "MB", null, proxy.ResidentBytes / 1e6) };
        foreach (var (name, version) in new[] { ("HTTP/1.1", HttpVersion.Version11), ("HTTP/2", HttpVersion.Version20) })
        {
            rows.AddRange(await CallsAsync(name, version, cancellationToken));
        }

        rows.AddRange(await ConnectionsAsync(cancellationToken));
        rows.AddRange(await DownloadAsync(cancellationToken));
        rows.Add(new("agent afterwards", "MB", null, proxy.ResidentBytes / 1e6));
        return rows;
    }

    private async Task<IEnumerable<BenchmarkRow>> CallsAsync(string name, Version version, CancellationToken cancellationToken)
    {
        using var direct = new BenchmarkClient(upstream.Port, roots, version);
        using var intercepted = new BenchmarkClient(proxy.Port, roots, version);
        await direct.CallForAsync(Slice / 2, Callers, cancellationToken);
        await intercepted.CallForAsync(Slice / 2, Callers, cancellationToken);
        var (directTook, interceptedTook, cpu) = (new List<TimeSpan>(), new List<TimeSpan>(), TimeSpan.Zero);
        for (var round = 0; round < Rounds; round++)
        {
            directTook.AddRange(await direct.CallForAsync(Slice, 1, cancellationToken));
            interceptedTook.AddRange(await intercepted.CallForAsync(Slice, 1, cancellationToken));
        }

        var before = proxy.CpuTime;
        var calls = await intercepted.CallForAsync(Slice * 2, Callers, cancellationToken);
        cpu = proxy.CpuTime - before;
        return
        [
            new($"{name} call, half of them took at most", "us", Percentile(directTook, 0.5), Percentile(interceptedTook, 0.5)),
            new($"{name} call, 99 of 100 took at most", "us", Percentile(directTook, 0.99), Percentile(interceptedTook, 0.99)),
            new($"{name} call, CPU time of the agent", "us", null, cpu.TotalMicroseconds / calls.Count),
        ];
    }

    private async Task<IEnumerable<BenchmarkRow>> ConnectionsAsync(CancellationToken cancellationToken)
    {
        var (direct, intercepted, cpu) = (new List<TimeSpan>(), new List<TimeSpan>(), TimeSpan.Zero);
        for (var i = 0; i < NewConnections; i++)
        {
            direct.Add(await NewConnectionAsync(upstream.Port, cancellationToken));
            var before = proxy.CpuTime;
            intercepted.Add(await NewConnectionAsync(proxy.Port, cancellationToken));
            cpu += proxy.CpuTime - before;
        }

        return
        [
            new("new connection and its first call", "us", Percentile(direct, 0.5), Percentile(intercepted, 0.5)),
            new("new connection, CPU time of the agent", "us", null, cpu.TotalMicroseconds / NewConnections),
        ];
    }

    private async Task<TimeSpan> NewConnectionAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new BenchmarkClient(port, roots, HttpVersion.Version11, keepsConnections: false);
        var start = Stopwatch.GetTimestamp();
        await client.CallAsync(cancellationToken);
        return Stopwatch.GetElapsedTime(start);
    }

    private async Task<IEnumerable<BenchmarkRow>> DownloadAsync(CancellationToken cancellationToken)
    {
        using var direct = new BenchmarkClient(upstream.Port, roots, HttpVersion.Version11);
        using var intercepted = new BenchmarkClient(proxy.Port, roots, HttpVersion.Version11);
        var (directRate, before) = (await RateAsync(direct, cancellationToken), proxy.CpuTime);
        var interceptedRate = await RateAsync(intercepted, cancellationToken);
        var cpu = proxy.CpuTime - before;
        return
        [
            new("download", "MB/s", directRate, interceptedRate),
            new("download, CPU time of the agent", "s/GB", null, cpu.TotalSeconds / (DownloadBytes / 1e9)),
        ];
    }

    private static async Task<double> RateAsync(BenchmarkClient client, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        await client.DownloadAsync(DownloadBytes, cancellationToken);
        return DownloadBytes / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Percentile(List<TimeSpan> took, double part)
    {
        took.Sort();
        return took[Math.Min(took.Count - 1, (int)(took.Count * part))].TotalMicroseconds;
    }
}
