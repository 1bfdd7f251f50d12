using System.Globalization;
using System.Text.RegularExpressions;
using AktoDivert.Agent.Benchmarking;
using AktoDivert.SideBySide.Peers;

namespace AktoDivert.SideBySide.Loads;

/// <summary>Runs h2load: calls of 2 KB up, 1 KB down.</summary>
internal static partial class H2Load
{
    /// <summary>Makes so many calls, and says how many.</summary>
    /// <param name="folder">Where the body is written.</param>
    /// <param name="peer">Through which proxy.</param>
    /// <param name="calls">How many.</param>
    /// <param name="protocol">The protocol that must be spoken, by its ALPN name.</param>
    /// <param name="how">Connections, streams, rate, as h2load takes them.</param>
    /// <exception cref="InvalidOperationException">A call failed, or another protocol was spoken.</exception>
    public static async Task<double> RunAsync(string folder, Peer peer, int calls, string protocol, params string[] how)
    {
        var body = Path.Combine(folder, "body.json");
        await File.WriteAllBytesAsync(body, Question.Bytes);
        var count = calls.ToString(CultureInfo.InvariantCulture);
        var output = await ExternalProgram.ReadAsync(
            "h2load", [.. how, "-n", count, "-d", body,
            "-H", "content-type: application/json", "-H", "authorization: Bearer sk-test-0123456789abcdef0123456789abcdef",
            $"--connect-to=127.0.0.1:{peer.Port}", $"https://{BenchmarkCertificates.Host}/json"]);
        var done = Done().Match(output);
        return done.Success && done.Groups[1].Value == count && output.Contains($"Application protocol: {protocol}", StringComparison.Ordinal)
            ? calls
            : throw new InvalidOperationException($"h2load through {peer.Name}: {output}");
    }

    [GeneratedRegex(@"(\d+) 2xx")]
    private static partial Regex Done();
}
