using System.Diagnostics;
using AktoDivert.SideBySide.Loads;
using AktoDivert.SideBySide.Peers;
using AktoDivert.SideBySide.Results;

namespace AktoDivert.SideBySide.Suites;

/// <summary>Twenty minutes of calls and new connections: memory must be flat. A minute when quick, which proves little.</summary>
internal static class SoakSuite
{
    /// <summary>Runs it.</summary>
    public static async Task RunAsync(Scope scope)
    {
        var duration = TimeSpan.FromMinutes(scope.Quick ? 1 : 20);
        Console.Error.WriteLine($"soak of {duration.TotalMinutes} min ...");
        using var agent = await scope.Peers.StartAgentAsync();
        var peer = new Peer(PeerName.AktoDivert, agent.Port, agent.Id);
        ILoad[] loads = [new WrkLoad(scope.Peers.Folder, 16, 5), new H2LoadLoad(scope.Peers.Folder, 20_000), new HandshakeLoad(200)];
        var clock = Stopwatch.StartNew();
        var resident = new List<(TimeSpan At, double Bytes)>();
        while (clock.Elapsed < duration)
        {
            foreach (var load in loads)
            {
                await load.RunAsync(peer);
            }

            resident.Add((clock.Elapsed, agent.ResidentBytes));
        }

        // The ring of records fills in the first minutes, by design; after that nothing may grow.
        double Of(double from, double to) => resident.Where(r => r.At >= duration * from && r.At <= duration * to + TimeSpan.FromMinutes(1)).Average(r => r.Bytes);
        var (early, late) = (Of(0.4, 0.6), Of(0.8, 1));
        scope.Findings.Add(
            new Row($"soak, {duration.TotalMinutes} min, memory late to early", "itself", 1.05, late / early, late / early, late / early),
            new Row($"soak, {duration.TotalMinutes} min, memory at the end, MB", "-", 250, resident[^1].Bytes / 1e6, resident.Min(r => r.Bytes) / 1e6, resident.Max(r => r.Bytes) / 1e6));
    }
}
