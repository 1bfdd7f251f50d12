using System.Net;
using AktoDivert.SideBySide.Loads;
using AktoDivert.SideBySide.Peers;

namespace AktoDivert.SideBySide.Suites;

/// <summary>Uploads through the relay, and raw bytes through the tunnel.</summary>
internal static class BulkSuite
{
    /// <summary>Runs it.</summary>
    public static async Task RunAsync(Scope scope)
    {
        await scope.Compare.RunAsync(
            "upload of 1 MB, HTTP/2", new UploadLoad(HttpVersion.Version20, scope.Amount(400)), PeerName.AktoDivert, (PeerName.Nginx, 1.1));
        await scope.Compare.RunAsync(
            "bypassed flow, up", new IperfLoad(down: false, scope.Amount(1600)), PeerName.Tunnel, (PeerName.HaproxySplice, 1.2), (PeerName.NginxStream, 0.9));
        await scope.Compare.RunAsync(
            "bypassed flow, down", new IperfLoad(down: true, scope.Amount(1600)), PeerName.Tunnel, (PeerName.HaproxySplice, 1.2), (PeerName.NginxStream, 0.9));
    }
}
