using AktoDivert.Console.Devices;
using AktoDivert.Core.Wire;
using Radzen;

namespace AktoDivert.Console.Components.Devices;

/// <summary>A device's health in one word, the worst first.</summary>
internal static class DeviceHealth
{
    // The agent's heartbeat comes every 30 seconds; three missed ones are no accident.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(95);

    // An agent that starts looks at the trust stores after its first heartbeat.
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(2);

    /// <summary>The word and its colour.</summary>
    public static (string Text, BadgeStyle Style) Of(Device device, DateTimeOffset now) => device switch
    {
        { LastSeen: null } => ("waiting", BadgeStyle.Info),
        { State.Leaving: AgentDeparture.Stopped } => ("stopped by someone", BadgeStyle.Danger),
        { State.Leaving: AgentDeparture.Uninstalled } => ("uninstalled", BadgeStyle.Danger),
        { State.Leaving: AgentDeparture.Shutdown } => ("shut down", BadgeStyle.Light),
        { Connected: false } when now - device.LastSeen > Silence => ("offline", BadgeStyle.Light),
        { State.EngineState: "Unavailable" } => ("not redirecting", BadgeStyle.Danger),
        { State: { EngineState: "Active", CaStores.Count: 0 } } when now - device.Started > Settling => ("CA not trusted", BadgeStyle.Danger),
        _ when DeviceAlerts.IsOff(device.ClockSkewMs) => ("clock is off", BadgeStyle.Warning),
        { State.EngineState: "Active" } => ("healthy", BadgeStyle.Success),
        { State.EngineState: "" } => ("connected", BadgeStyle.Info),
        _ => (device.State.EngineState.ToLowerInvariant(), BadgeStyle.Warning),
    };
}
