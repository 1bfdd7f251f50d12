using AktoDivert.SideBySide.Loads;
using AktoDivert.SideBySide.Peers;
using AktoDivert.SideBySide.Results;

namespace AktoDivert.SideBySide.Suites;

/// <summary>Whether a call costs the same with many patterns and among many open flows.</summary>
internal static class ScaleSuite
{
    /// <summary>Runs it.</summary>
    public static async Task RunAsync(Scope scope)
    {
        await scope.Compare.RunAsync(
            "new connection among 10,000 patterns", new HandshakeLoad(scope.Amount(400)), PeerName.ManyPatterns, (PeerName.AktoDivert, 1.1));
        var flows = scope.Quick ? 500 : 5000;
        var work = $"call among {flows} open flows";
        await scope.Findings.TryAsync(work, () => FlowsAsync(scope, work, flows));
    }

    private static async Task<Row> FlowsAsync(Scope scope, string work, int flows)
    {
        var load = new WrkLoad(scope.Peers.Folder, 16, scope.Quick ? 1 : 2);
        using var agent = await scope.Peers.StartAgentAsync();
        var peer = new Peer(PeerName.AktoDivert, agent.Port, agent.Id);
        var (few, many) = (new List<double>(), new List<double>());
        await load.RunAsync(peer);
        for (var round = 0; round < 3; round++)
        {
            await using (await IdleConnections.OpenAsync(agent.Port, 10))
            {
                few.Add(await Comparison.CostAsync(load, peer));
            }

            await using (await IdleConnections.OpenAsync(agent.Port, flows))
            {
                many.Add(await Comparison.CostAsync(load, peer));
            }
        }

        return Row.Of(work, "itself among 10", 1.1, [.. many.Zip(few, (a, b) => a / b)]) with
        {
            Costs = $"{Row.Median(many):0} / {Row.Median(few):0} per call",
        };
    }
}
