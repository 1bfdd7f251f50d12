namespace AktoDivert.Agent.Configuration;

/// <summary><c>device</c>: how this device is named at the console.</summary>
internal sealed record DeviceSection
{
    /// <summary>Label in records and heartbeats; null to make it from host name and machine id.</summary>
    public string? Label { get; init; }

    /// <summary>Login name of the device's person; null to take that of each call's process.</summary>
    public string? User { get; init; }
}
