namespace AktoDivert.Agent.Configuration;

/// <summary><c>console</c>: where settings come from and records go to.</summary>
internal sealed record ConsoleSection
{
    /// <summary>Base address; null when the agent works alone.</summary>
    public Uri? Url { get; init; }

    /// <summary>Base address for settings and heartbeats where it is another one, as in an Akto deployment; null for the same.</summary>
    public Uri? SettingsUrl { get; init; }

    /// <summary>Unix socket of a console on this machine, dialled instead of the address's host; null for TCP.</summary>
    public string? Socket { get; init; }

    /// <summary>File with the device token, mode 0600; null for <c>token</c> in the state directory.</summary>
    public string? TokenFile { get; init; }
}
