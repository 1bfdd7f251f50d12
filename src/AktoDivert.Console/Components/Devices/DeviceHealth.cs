using AktoDivert.Console.Devices;
using Radzen;

namespace AktoDivert.Console.Components.Devices;

/// <summary>A device's health in one word, the worst first.</summary>
internal static class DeviceHealth
{
    // The agent's heartbeat comes every 30 seconds; three missed ones are no accident.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(95);

    /// <summary>The word and its colour.</summary>
    public static (string Text, BadgeStyle Style) Of(Device device, DateTimeOffset now) => device switch
    {
        { LastSeen: null } => ("waiting", BadgeStyle.Info),
        { Connected: false } when now - device.LastSeen > Silence => ("offline", BadgeStyle.Light),
        { State.EngineState: "Unavailable" } => ("not redirecting", BadgeStyle.Danger),
        { State.EngineState: "Active" } => ("healthy", BadgeStyle.Success),
        { State.EngineState: "" } => ("connected", BadgeStyle.Info),
        _ => (device.State.EngineState.ToLowerInvariant(), BadgeStyle.Warning),
    };
}
