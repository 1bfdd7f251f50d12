using System.Net;
using AktoDivert.SideBySide.Loads;
using AktoDivert.SideBySide.Peers;
using AktoDivert.SideBySide.Results;

namespace AktoDivert.SideBySide.Suites;

/// <summary>Paced events, and WebSocket messages.</summary>
internal static class StreamSuite
{
    private const int Streams = 40;

    /// <summary>Runs it.</summary>
    public static async Task RunAsync(Scope scope)
    {
        var h1 = new SseLoad(HttpVersion.Version11, Streams, scope.Amount(400), 5);
        var h2 = new SseLoad(HttpVersion.Version20, Streams, scope.Amount(400), 5);
        await scope.Compare.RunAsync("SSE, HTTP/1.1, 40 paced streams", h1, PeerName.AktoDivert, (PeerName.Nginx, 1.2));
        await LatenessAsync(scope, "SSE, HTTP/1.1, median lateness of an event", h1, PeerName.Nginx);
        await scope.Compare.RunAsync("SSE, HTTP/2, 40 paced streams", h2, PeerName.AktoDivert, (PeerName.Haproxy, 0.65));
        await LatenessAsync(scope, "SSE, HTTP/2, median lateness of an event", h2, PeerName.Haproxy);
        if (!scope.Quick)
        {
            await scope.Compare.RunAsync("SSE, HTTP/1.1, runtime's default knobs", h1, PeerName.DefaultKnobs, (PeerName.Nginx, 2.0));
            await scope.Compare.RunAsync("SSE, HTTP/2, runtime's default knobs", h2, PeerName.DefaultKnobs, (PeerName.Haproxy, 2.5));
        }

        await scope.Compare.RunAsync(
            "WebSocket echo, HTTP/1.1", new WebSocketLoad(HttpVersion.Version11, scope.Amount(4000)), PeerName.AktoDivert, (PeerName.Haproxy, 1.0));
        await scope.Compare.RunAsync(
            "WebSocket echo, HTTP/2", new WebSocketLoad(HttpVersion.Version20, scope.Amount(4000)), PeerName.AktoDivert, (PeerName.Haproxy, 0.5));
    }

    // Wall time, so only the same run's figure of the peer says anything: an event that is held back would show as a multiple.
    private static Task LatenessAsync(Scope scope, string work, SseLoad load, string peer) => scope.Findings.TryAsync(work, () =>
    {
        if (!load.Delays.TryGetValue(PeerName.AktoDivert, out var ours) || !load.Delays.TryGetValue(peer, out var theirs))
        {
            throw new InvalidOperationException("one of the two did not bring its events");
        }

        double At(double part) => ours[(int)((ours.Count - 1) * part)] / theirs[(int)((theirs.Count - 1) * part)];
        return Task.FromResult(new Row(work, peer, 1.5, At(0.5), Math.Min(At(0.5), At(0.9)), Math.Max(At(0.5), At(0.9))));
    });
}
