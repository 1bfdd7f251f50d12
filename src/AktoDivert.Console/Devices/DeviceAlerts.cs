using System.Globalization;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Wire;

namespace AktoDivert.Console.Devices;

/// <summary>
/// What heartbeats tell that somebody must look at: what was good at the one before and is not any more, and farewells. It stands among the violations, so that it
/// is announced and triaged as they are.
/// </summary>
internal static class DeviceAlerts
{
    /// <summary>How far a device's clock may be off. Beyond it certificates are refused, and calls stand at wrong times.</summary>
    public static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(5);

    /// <summary>Whether a clock is too far off.</summary>
    public static bool IsOff(long skewMs) => TimeSpan.FromMilliseconds(skewMs).Duration() > MostSkew;

    /// <summary>The alerts of a heartbeat.</summary>
    /// <param name="before">The device as the heartbeat before left it.</param>
    /// <param name="was">Its state then.</param>
    /// <param name="heartbeat">The heartbeat.</param>
    /// <param name="skewMs">How far the device's clock is ahead of the console's, in milliseconds.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    public static IEnumerable<ViolationRow> Of(DeviceRow before, DeviceState was, ModuleInfo heartbeat, long skewMs, long nowMs)
    {
        // An agent that starts looks at the trust stores a while after its first heartbeat, and its engine comes up meanwhile; one that stops takes leave of both.
        var runsOn = before.StartedTs == heartbeat.StartedTs;
        if (runsOn && heartbeat.AdditionalData.State is { Leaving: "" } now)
        {
            if (was.CaStores.Count > 0 && now.CaStores.Count == 0)
            {
                yield return Alert(before, nowMs, nowMs, "ca-removed", FindingSeverity.High, $"The device CA is in no trust store any more; it was in {string.Join(", ", was.CaStores)}.");
            }

            if (was.EngineState == nameof(RedirectorState.Active) && now.EngineState != nameof(RedirectorState.Active))
            {
                yield return Alert(before, nowMs, nowMs, "redirect-stopped", FindingSeverity.High, $"The redirect engine is {now.EngineState.ToLowerInvariant()}. {now.EngineReason}".Trim());
            }
        }

        if (IsOff(skewMs) && !IsOff(before.ClockSkewMs))
        {
            var (minutes, side) = (Math.Abs(skewMs) / 60_000, skewMs > 0 ? "ahead of" : "behind");
            yield return Alert(
                before, nowMs, nowMs, "clock-skew", FindingSeverity.Medium, string.Create(CultureInfo.InvariantCulture, $"The clock is {minutes} minutes {side} the console's."));
        }
    }

    /// <summary>Whether a farewell is one that somebody must hear of, unless the agent comes back.</summary>
    public static bool IsUnasked(DeviceState state) => state.Leaving is AgentDeparture.Stopped or AgentDeparture.Uninstalled;

    /// <summary>The alert of an agent that did not come back. Its id is that of the farewell.</summary>
    /// <param name="device">The device as the farewell left it.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    public static ViolationRow OfDeparture(DeviceRow device, long nowMs) => Alert(
        device, device.LeftMs, nowMs, "agent-stopped", FindingSeverity.High,
        DeviceStore.StateOf(device).Leaving == AgentDeparture.Uninstalled
            ? "The agent was uninstalled."
            : "The agent was stopped while the machine ran on, and did not come back.");

    private static ViolationRow Alert(DeviceRow device, long atMs, long nowMs, string entity, FindingSeverity severity, string evidence) => new()
    {
        DeviceId = device.Id,
        Id = string.Create(CultureInfo.InvariantCulture, $"{device.Id}.{entity}.{atMs}"),
        CallId = "",
        AtMs = atMs,
        ReceivedMs = nowMs,
        Policy = "Device health",
        Detector = "device",
        Rule = entity,
        Entity = entity,
        Severity = severity,
        Verdict = Verdict.Alert,
        Evidence = ColumnText.Short(evidence),
        Score = 1,
        Device = device.Name,
        User = device.User,
        App = "aktodivert",
        Process = "aktodivert",
    };
}
