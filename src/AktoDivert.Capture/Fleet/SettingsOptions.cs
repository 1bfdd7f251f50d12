namespace AktoDivert.Capture.Fleet;

/// <summary>Intervals of the settings link and the heartbeat.</summary>
public sealed record SettingsOptions
{
    /// <summary>Time between polls where there is no stream. 1 s to 1 hour.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A stream that is silent this long is opened anew. At least twice the console's 15 s ping.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>First pause before a stream is opened again.</summary>
    public TimeSpan BackoffFirst { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest pause.</summary>
    public TimeSpan BackoffMost { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between heartbeats; Akto counts a device as active for 5 minutes.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);
}
