using System.Globalization;
using System.Text.Json;
using AktoDivert.SideBySide.Peers;

namespace AktoDivert.SideBySide.Loads;

/// <summary>Raw bytes through a tunnel.</summary>
internal sealed class IperfLoad(bool down, int megabytes) : ILoad
{
    /// <inheritdoc />
    public string Unit => "GB";

    /// <inheritdoc />
    public async Task<double> RunAsync(Peer peer)
    {
        var output = await ExternalProgram.ReadAsync(
            "iperf3", ["-c", "127.0.0.1", "-p", peer.Port.ToString(CultureInfo.InvariantCulture), "-n", $"{megabytes}M", "-J", .. down ? ["-R"] : (string[])[]]);
        using var report = JsonDocument.Parse(output);
        return report.RootElement.GetProperty("end").TryGetProperty("sum_received", out var received)
            ? received.GetProperty("bytes").GetDouble() / 1e9
            : throw new InvalidOperationException($"iperf3 through {peer.Name}: {output}");
    }
}
