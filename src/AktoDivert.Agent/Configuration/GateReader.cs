using System.Globalization;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Agent.Configuration;

/// <summary>Reads <c>guard.gate</c>.</summary>
internal static class GateReader
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;

    private static readonly Dictionary<string, bool> Failures = new() { ["open"] = true, ["closed"] = false };

    /// <summary>Reads the section.</summary>
    /// <param name="node">Where it stands.</param>
    /// <param name="remoteTimeout">What a verdict of Akto's service may take: the gate must not give up before.</param>
    public static GateOptions Read(ConfigurationNode node, TimeSpan remoteTimeout)
    {
        var defaults = new GateOptions();
        var perConnection = node.Member("heldBytesPerConnection");
        var judge = node.Member("judgeSeconds");
        var options = new GateOptions
        {
            FailOpen = node.Member("onFailure").Choice(defaults.FailOpen, Failures),
            MaxHeldBytes = (int)node.Member("heldBytes").Number(defaults.MaxHeldBytes, 64 * KiB, 256 * MiB),
            MaxHeldBytesPerConnection = (int)perConnection.Number(defaults.MaxHeldBytesPerConnection, 64 * KiB, 1024 * MiB),
            MaxInflatedBytes = (int)node.Member("inflatedBytes").Number(defaults.MaxInflatedBytes, 64 * KiB, 256 * MiB),
            HoldLimit = node.Member("holdSeconds").Seconds(defaults.HoldLimit, 0.1, 60),
            JudgeLimit = judge.Seconds(defaults.JudgeLimit, 0.1, 60),
            ReleaseAfter = node.Member("releaseSeconds").Seconds(defaults.ReleaseAfter, 0.05, 10),
            CloseLimit = node.Member("closeSeconds").Seconds(defaults.CloseLimit, 0.1, 60),
        };
        if (options.MaxHeldBytesPerConnection < options.MaxHeldBytes)
        {
            perConnection.Wrong(
                string.Create(CultureInfo.InvariantCulture, $"is less than heldBytes, which is {options.MaxHeldBytes}"), "write at least as much, or lower heldBytes");
        }

        if (options.JudgeLimit < remoteTimeout)
        {
            judge.Wrong(
                string.Create(CultureInfo.InvariantCulture, $"is less than guard.remoteTimeoutSeconds, which is {remoteTimeout.TotalSeconds}"),
                "write at least as much, or lower remoteTimeoutSeconds");
        }

        node.Finish();
        return options;
    }
}
