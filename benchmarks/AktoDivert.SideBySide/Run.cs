using System.Globalization;
using AktoDivert.SideBySide.Peers;
using AktoDivert.SideBySide.Results;
using AktoDivert.SideBySide.Suites;

namespace AktoDivert.SideBySide;

/// <summary>Runs suites and reports.</summary>
internal static class Run
{
    private const string Everything = "all";

    private static readonly Dictionary<string, Func<Scope, Task>> Suites = new()
    {
        ["calls"] = CallSuite.RunAsync,
        ["connections"] = ConnectionSuite.RunAsync,
        ["streams"] = StreamSuite.RunAsync,
        ["bulk"] = BulkSuite.RunAsync,
        ["garbage"] = GarbageSuite.RunAsync,
        ["resources"] = ResourceSuite.RunAsync,
        ["redirect"] = RedirectSuite.RunAsync,
        ["scale"] = ScaleSuite.RunAsync,
        ["soak"] = SoakSuite.RunAsync,
    };

    // Needs twenty minutes for itself.
    private static readonly string[] OnlyByName = ["soak"];

    // Above what a system at rest uses; the kernel's own threads, which carry part of the load, are counted to others.
    private const double BusyShare = 0.15;

    // What tells most in three minutes.
    private static readonly string[] InQuick = ["calls", "connections", "streams", "bulk", "resources"];

    /// <summary>Runs what the arguments name: <c>agent results [suite] [--quick]</c>.</summary>
    /// <returns>0 when everything ran, whether or not goals were met; 2 for a wrong call.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var quick = args.Contains("--quick");
        string[] named = [.. args.Where(arg => !arg.StartsWith("--", StringComparison.Ordinal))];
        if (named.Length is < 2 or > 3 || args.Length - named.Length != (quick ? 1 : 0) || (named.Length == 3 && named[2] != Everything && !Suites.ContainsKey(named[2])))
        {
            Console.Error.WriteLine($"usage: benchmarks/run.sh [{string.Join(" | ", Suites.Keys)} | {Everything}] [--quick]");
            return 2;
        }

        var (agent, results, suite) = (named[0], named[1], named.Length == 3 ? named[2] : Everything);
        var chosen = suite != Everything ? [suite] : quick ? InQuick : Suites.Keys.Except(OnlyByName);
        var findings = new Findings();
        await using var peers = await PeerSet.StartAsync(agent, findings);
        var load = new MachineLoad();
        foreach (var name in chosen)
        {
            try
            {
                await Suites[name](new Scope(peers, findings, quick));
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                findings.Miss($"the rest of suite {name}", fault.Message);
            }
        }

        new Report(findings, Remarks(load.OthersShare(), quick)).Write(Console.Out, results);
        return 0;
    }

    private static List<string> Remarks(double othersShare, bool quick)
    {
        var remarks = new List<string>
        {
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Environment.ProcessorCount} cores, {Environment.OSVersion.VersionString}, .NET {Environment.Version}{(quick ? ", quick: rough figures" : "")}"),
        };
        if (othersShare > BusyShare)
        {
            remarks.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"THE MACHINE WAS BUSY: others used {othersShare:P0} of its CPU time meanwhile. CPU ratios hold within some 15 %, lateness and start do not."));
        }

        return remarks;
    }
}
