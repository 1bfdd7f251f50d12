namespace AktoDivert.Core.Wire;

/// <summary>Values of <see cref="DeviceState.Leaving"/>: why an agent says its last heartbeat.</summary>
public static class AgentDeparture
{
    /// <summary>Somebody stopped it, or stops it to start it again.</summary>
    public const string Stopped = "stopped";

    /// <summary>The machine goes down or restarts.</summary>
    public const string Shutdown = "shutdown";

    /// <summary>It is taken out: <c>aktodivert service uninstall</c>.</summary>
    public const string Uninstalled = "uninstalled";
}
