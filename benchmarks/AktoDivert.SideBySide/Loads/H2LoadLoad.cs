using System.Globalization;
using System.Text.RegularExpressions;
using AktoDivert.Agent.Benchmarking;
using AktoDivert.SideBySide.Peers;

namespace AktoDivert.SideBySide.Loads;

/// <summary>Calls over HTTP/2, 4 connections of 8 streams: 2 KB up, 1 KB down.</summary>
/// <param name="folder">Where the body is written.</param>
/// <param name="calls">How many.</param>
internal sealed partial class H2LoadLoad(string folder, int calls) : ILoad
{
    /// <inheritdoc />
    public string Unit => "call";

    /// <inheritdoc />
    public async Task<double> RunAsync(Peer peer)
    {
        // mitmproxy is two orders of magnitude slower: as many calls would take minutes.
        var count = peer.Name == PeerName.Mitmproxy ? calls / 20 : calls;
        var body = Path.Combine(folder, "body.json");
        await File.WriteAllBytesAsync(body, Question.Bytes);
        var output = await ExternalProgram.ReadAsync(
            "h2load", "-n", count.ToString(CultureInfo.InvariantCulture), "-c", "4", "-m", "8", "-d", body,
            "-H", "content-type: application/json", "-H", "authorization: Bearer sk-test-0123456789abcdef0123456789abcdef",
            $"--connect-to=127.0.0.1:{peer.Port}", $"https://{BenchmarkCertificates.Host}/json");
        var done = Done().Match(output);
        return done.Success && done.Groups[1].Value == count.ToString(CultureInfo.InvariantCulture) && output.Contains("Application protocol: h2", StringComparison.Ordinal)
            ? count
            : throw new InvalidOperationException($"h2load through {peer.Name}: {output}");
    }

    [GeneratedRegex(@"(\d+) 2xx")]
    private static partial Regex Done();
}
