using AktoDivert.SideBySide.Loads;
using AktoDivert.SideBySide.Peers;

namespace AktoDivert.SideBySide.Suites;

/// <summary>Intercepted JSON calls, 2 KB up and 1 KB down.</summary>
internal static class CallSuite
{
    /// <summary>Runs it.</summary>
    public static async Task RunAsync(Scope scope)
    {
        var h1 = new WrkLoad(scope.Peers.Folder, 16, scope.Quick ? 1 : 2);
        var h2 = new H2LoadLoad(scope.Peers.Folder, scope.Amount(24_000));
        await scope.Compare.RunAsync(
            "call, HTTP/1.1, 16 connections", h1, PeerName.AktoDivert,
            [(PeerName.Nginx, 1.1), (PeerName.Sslsplit, 0.85), (PeerName.WithoutCapture, 1.08), .. Slow(scope, 1 / 25.0, 0.6)]);
        await scope.Compare.RunAsync(
            "call, HTTP/2, 4 x 8 streams", h2, PeerName.AktoDivert,
            [(PeerName.Haproxy, 0.65), (PeerName.Nginx, 0.3), (PeerName.WithoutCapture, 1.08), .. Slow(scope, 1 / 90.0, 0.4)]);
        await scope.Compare.RunAsync("relay of a call alone, HTTP/1.1", h1, PeerName.WithoutCapture, (PeerName.Nginx, 1.1));
        await scope.Compare.RunAsync("relay of a call alone, HTTP/2", h2, PeerName.WithoutCapture, (PeerName.Haproxy, 0.65));
        await scope.Compare.RunAsync(
            "call, recorded and uploaded, HTTP/1.1, 1,600 a second", new PacedLoad(scope.Peers.Folder, isHttp2: false, scope.Amount(4_800)), PeerName.Uploading, (PeerName.Nginx, 1.1));
        await scope.Compare.RunAsync(
            "call, recorded and uploaded, HTTP/2, 1,600 a second", new PacedLoad(scope.Peers.Folder, isHttp2: true, scope.Amount(4_800)), PeerName.Uploading, (PeerName.Haproxy, 0.65));
        if (!scope.Quick)
        {
            await scope.Compare.RunAsync(
                "call with capture and guard, clean text, HTTP/1.1", new WrkLoad(scope.Peers.Folder, 16, 2, "/v1/messages"), PeerName.Guarded,
                (PeerName.WithoutCapture, 1.08));
            await scope.Compare.RunAsync("call, HTTP/1.1, runtime's default knobs", h1, PeerName.DefaultKnobs, (PeerName.Nginx, 1.4));
            await scope.Compare.RunAsync("call, HTTP/2, runtime's default knobs", h2, PeerName.DefaultKnobs, (PeerName.Haproxy, 0.9));
        }
    }

    private static (string Peer, double Goal)[] Slow(Scope scope, double mitmproxy, double forwarder) =>
        scope.Quick ? [] : [(PeerName.Mitmproxy, mitmproxy), (PeerName.Forwarder, forwarder)];
}
