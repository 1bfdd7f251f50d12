using System.Globalization;
using System.Text.RegularExpressions;
using AktoDivert.Agent.Benchmarking;
using AktoDivert.SideBySide.Peers;

namespace AktoDivert.SideBySide.Loads;

/// <summary>Calls at a rate that leaves time for all that follows a call, 1,600 a second: 2 KB up, 1 KB down.</summary>
/// <param name="folder">Where the body is written.</param>
/// <param name="isHttp2">HTTP/2 on 4 connections; HTTP/1.1 on 16.</param>
/// <param name="calls">How many.</param>
internal sealed partial class PacedLoad(string folder, bool isHttp2, int calls) : ILoad
{
    private const int Rate = 1600;

    /// <inheritdoc />
    public string Unit => "call";

    /// <inheritdoc />
    public async Task<double> RunAsync(Peer peer)
    {
        var body = Path.Combine(folder, "body.json");
        await File.WriteAllBytesAsync(body, Question.Bytes);
        var connections = isHttp2 ? 4 : 16;
        var output = await ExternalProgram.ReadAsync(
            "h2load", [.. isHttp2 ? (string[])["-m", "8"] : ["--h1"], "-n", Text(calls), "-c", Text(connections), "--rps", Text(Rate / connections), "-d", body,
            "-H", "content-type: application/json", "-H", "authorization: Bearer sk-test-0123456789abcdef0123456789abcdef",
            $"--connect-to=127.0.0.1:{peer.Port}", $"https://{BenchmarkCertificates.Host}/json"]);
        var done = Done().Match(output);
        return done.Success && done.Groups[1].Value == Text(calls)
            ? calls
            : throw new InvalidOperationException($"h2load through {peer.Name}: {output}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\d+) 2xx")]
    private static partial Regex Done();
}
