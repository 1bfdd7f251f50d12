using System.Diagnostics;
using AktoDivert.SideBySide.Loads;
using AktoDivert.SideBySide.Peers;
using AktoDivert.SideBySide.Results;

namespace AktoDivert.SideBySide.Suites;

/// <summary>The same load through several peers, in turns, each round in the opposite order of the one before.</summary>
/// <param name="peers">Starts the peers.</param>
/// <param name="findings">Takes the rows, and the peers that failed.</param>
/// <param name="rounds">How many rounds count, after one that does not.</param>
/// <param name="longestWarmUp">When to measure although there is still something to compile.</param>
internal sealed class Comparison(PeerSet peers, Findings findings, int rounds, TimeSpan longestWarmUp)
{
    // Of its CPU time, at the end of the warm-up.
    private const double MostCompiling = 0.05;

    // Several times what the slowest takes: a peer that hangs must not hold up the run.
    private static readonly TimeSpan RoundLimit = TimeSpan.FromSeconds(60);

    /// <summary>Measures. A peer that fails is noted and left out; the others go on.</summary>
    /// <param name="work">Name of the work.</param>
    /// <param name="load">The work.</param>
    /// <param name="subject">The peer whose cost is divided by the others'.</param>
    /// <param name="rivals">The others, with the most that the ratio may be.</param>
    public async Task RunAsync(string work, ILoad load, string subject, params (string Peer, double Goal)[] rivals)
    {
        Console.Error.WriteLine($"{work} ...");
        var running = new List<Peer>();
        foreach (var name in rivals.Select(rival => rival.Peer).Prepend(subject).Distinct())
        {
            if (await peers.FindAsync(name) is { } peer && await SucceedsAsync(work, peer, () => WarmUpAsync(load, peer)))
            {
                running.Add(peer);
            }
        }

        var costs = running.ToDictionary(peer => peer.Name, _ => new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var peer in round % 2 == 0 ? [.. running] : Enumerable.Reverse(running).ToArray())
            {
                if (!await SucceedsAsync(work, peer, async () => costs[peer.Name].Add(await CostAsync(load, peer))))
                {
                    running.Remove(peer);
                }
            }
        }

        findings.Add(rivals.Where(rival => IsComplete(rival.Peer) && IsComplete(subject)).Select(rival =>
            Row.Of(work, rival.Peer, rival.Goal, [.. costs[subject].Zip(costs[rival.Peer], (ours, theirs) => ours / theirs)]) with
            {
                Costs = $"{Row.Median(costs[subject]):0} / {Row.Median(costs[rival.Peer]):0} per {load.Unit}",
            }));

        bool IsComplete(string name) => costs.TryGetValue(name, out var list) && list.Count == rounds;
    }

    /// <summary>CPU time of a peer for one unit of work, in microseconds.</summary>
    public static async Task<double> CostAsync(ILoad load, Peer peer)
    {
        var before = peer.CpuSeconds;
        var units = await load.RunAsync(peer).WaitAsync(RoundLimit);
        if (units <= 0)
        {
            throw new InvalidOperationException("it did nothing in the time of a round");
        }

        await peer.Finish().WaitAsync(RoundLimit);
        return (peer.CpuSeconds - before) * 1e6 / units;
    }

    // The runtime compiles what is hot while it runs, which costs more than the work itself at first: a run that is measured must find that done.
    private async Task WarmUpAsync(ILoad load, Peer peer)
    {
        var start = Stopwatch.GetTimestamp();
        double part;
        do
        {
            var (compiling, cpu) = (await CompilingAsync(peer), peer.CpuSeconds);
            await load.RunAsync(peer).WaitAsync(RoundLimit);
            part = (await CompilingAsync(peer) - compiling) / (peer.CpuSeconds - cpu);
        }
        while (part > MostCompiling && Stopwatch.GetElapsedTime(start) < longestWarmUp);
    }

    private static async Task<double> CompilingAsync(Peer peer) => peer.Compiling is null ? 0 : (await peer.Compiling()).TotalSeconds;

    private async Task<bool> SucceedsAsync(string work, Peer peer, Func<Task> run)
    {
        try
        {
            await run();
            return true;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            findings.Miss($"{work}, {peer.Name}", fault.Message);
            return false;
        }
    }
}
