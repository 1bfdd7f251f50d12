using System.Globalization;
using System.Text.RegularExpressions;
using AktoDivert.Agent.Benchmarking;
using AktoDivert.SideBySide.Peers;

namespace AktoDivert.SideBySide.Loads;

/// <summary>Calls over HTTP/1.1 with keep-alive: 2 KB up, 1 KB down.</summary>
/// <param name="folder">Where the script is written.</param>
/// <param name="connections">Connections at a time.</param>
/// <param name="seconds">How long.</param>
/// <param name="path">What is called: <c>/v1/messages</c> for a call that is read as an AI call.</param>
internal sealed partial class WrkLoad(string folder, int connections, int seconds, string path = "/json") : ILoad
{
    /// <inheritdoc />
    public string Unit => "call";

    /// <inheritdoc />
    public async Task<double> RunAsync(Peer peer)
    {
        var script = Path.Combine(folder, "post.lua");
        await File.WriteAllTextAsync(script, $$"""
            function wrk.resolve(host, service) wrk.addrs = wrk.lookup("127.0.0.1", service) end
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            wrk.headers["Host"] = "{{BenchmarkCertificates.Host}}"
            wrk.headers["Authorization"] = "Bearer sk-test-0123456789abcdef0123456789abcdef"
            wrk.headers["anthropic-version"] = "2023-06-01"
            wrk.body = [[{{Question.Text}}]]
            """);
        var output = await ExternalProgram.ReadAsync(
            "wrk", "-t1", $"-c{connections}", $"-d{seconds}s", "-s", script, $"https://{BenchmarkCertificates.Host}:{peer.Port}{path}");
        var done = Done().Match(output);
        return done.Success && !Failed().IsMatch(output)
            ? double.Parse(done.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"wrk through {peer.Name}: {output}");
    }

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Done();

    [GeneratedRegex(@"Non-2xx|Socket errors")]
    private static partial Regex Failed();
}
