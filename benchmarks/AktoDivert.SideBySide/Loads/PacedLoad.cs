using AktoDivert.SideBySide.Peers;

namespace AktoDivert.SideBySide.Loads;

/// <summary>Calls at a rate that leaves time for all that follows a call, 1,600 a second: 2 KB up, 1 KB down.</summary>
/// <param name="folder">Where the body is written.</param>
/// <param name="isHttp2">HTTP/2 on 4 connections of 8 streams, 400 calls a second on each; HTTP/1.1 on 16, of 100.</param>
/// <param name="calls">How many.</param>
internal sealed class PacedLoad(string folder, bool isHttp2, int calls) : ILoad
{
    /// <inheritdoc />
    public string Unit => "call";

    /// <inheritdoc />
    public Task<double> RunAsync(Peer peer) => isHttp2
        ? H2Load.RunAsync(folder, peer, calls, "h2", "-c", "4", "-m", "8", "--rps", "400")
        : H2Load.RunAsync(folder, peer, calls, "http/1.1", "-c", "16", "--h1", "--rps", "100");
}
