using AktoDivert.SideBySide.Loads;
using AktoDivert.SideBySide.Peers;
using AktoDivert.SideBySide.Results;

namespace AktoDivert.SideBySide.Suites;

/// <summary>Bytes allocated per call, by all threads.</summary>
internal static class GarbageSuite
{
    /// <summary>Runs it.</summary>
    public static async Task RunAsync(Scope scope)
    {
        var h1 = new WrkLoad(scope.Peers.Folder, 16, 1);
        await MeasureAsync(scope, "garbage per call, HTTP/1.1, B", 128, PeerName.AktoDivert, h1);
        await MeasureAsync(scope, "garbage per call, HTTP/2, B", 128, PeerName.AktoDivert, new H2LoadLoad(scope.Peers.Folder, 10_000));
        await MeasureAsync(
            scope, "garbage per call, recorded and uploaded, HTTP/1.1, B", 128, PeerName.Uploading, new PacedLoad(scope.Peers.Folder, isHttp2: false, scope.Amount(4_800)));
        await MeasureAsync(scope, "garbage per call with capture and guard, HTTP/1.1, B", 1024, PeerName.Guarded, new WrkLoad(scope.Peers.Folder, 16, 1, "/v1/messages"));
    }

    private static Task MeasureAsync(Scope scope, string work, double goal, string name, ILoad load) => scope.Findings.TryAsync(work, async () =>
    {
        var peer = await scope.Peers.FindAsync(name) ?? throw new InvalidOperationException("the agent does not start");
        await load.RunAsync(peer);
        var figures = new List<double>();
        for (var round = 0; round < scope.Rounds; round++)
        {
            var before = await scope.Peers.Own(peer.Name).StatAsync(CancellationToken.None);
            var calls = await load.RunAsync(peer);
            await peer.Finish();
            var after = await scope.Peers.Own(peer.Name).StatAsync(CancellationToken.None);
            figures.Add((after.Allocated - before.Allocated) / calls);
        }

        return Row.Of(work, "-", goal, figures);
    });
}
