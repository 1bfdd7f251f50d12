using AktoDivert.SideBySide.Peers;

namespace AktoDivert.SideBySide.Loads;

/// <summary>Calls over HTTP/2, 4 connections of 8 streams: 2 KB up, 1 KB down.</summary>
/// <param name="folder">Where the body is written.</param>
/// <param name="calls">How many.</param>
internal sealed class H2LoadLoad(string folder, int calls) : ILoad
{
    /// <inheritdoc />
    public string Unit => "call";

    /// <inheritdoc />
    // mitmproxy is two orders of magnitude slower: as many calls would take minutes.
    public Task<double> RunAsync(Peer peer) =>
        H2Load.RunAsync(folder, peer, peer.Name == PeerName.Mitmproxy ? calls / 20 : calls, "h2", "-c", "4", "-m", "8");
}
