using AktoDivert.Core.Wire;

namespace AktoDivert.Console.Devices;

/// <summary>A device as pages and the API show it.</summary>
/// <param name="Id">Agent id.</param>
/// <param name="Name">Device label.</param>
/// <param name="User">Login name.</param>
/// <param name="Os">Operating system.</param>
/// <param name="AgentVersion">Version of the agent; empty before the first heartbeat.</param>
/// <param name="LastSeen">When anything came from it last; null when nothing did since it enrolled.</param>
/// <param name="Connected">Whether its settings stream is open.</param>
/// <param name="SettingsVersion">The newest version it is known to have.</param>
/// <param name="State">Its last reported state.</param>
/// <param name="Tags">Tags that administrators gave it.</param>
internal sealed record Device(
    string Id, string Name, string User, string Os, string AgentVersion, DateTimeOffset? LastSeen, bool Connected, long SettingsVersion, DeviceState State,
    IReadOnlyList<string> Tags)
{
    /// <summary>When its agent started, by its own clock.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>Name of its update ring.</summary>
    public string Ring { get; init; } = "";

    /// <summary>The version that it is to run; empty when any will do.</summary>
    public string WantedVersion { get; init; } = "";

    /// <summary>Whether it runs another version than it is to run.</summary>
    public bool IsDue => WantedVersion.Length > 0 && AgentVersion.Length > 0 && AgentVersion != WantedVersion;

    /// <summary>How far its clock is ahead of the console's, in milliseconds.</summary>
    public long ClockSkewMs { get; init; }
}
