using Microsoft.Extensions.Logging;

namespace AktoDivert.Agent.Configuration;

/// <summary>The agent's configuration after defaults, file and environment were put together and checked. docs/configuration.md describes each member.</summary>
internal sealed record AgentOptions
{
    /// <summary>Folder of everything the agent keeps: certificate authority, spool, learned passthroughs, local policy. Root only.</summary>
    public string StateDirectory { get; init; } = AgentPaths.DefaultStateDirectory;

    /// <summary>Unix socket that the commands talk to the running agent through.</summary>
    public string ControlSocket { get; init; } = AgentPaths.DefaultControlSocket;

    /// <summary>Least severe log entries written.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Which flows are redirected, and how.</summary>
    public RedirectSection Redirect { get; init; } = new();

    /// <summary>Apps added to and taken from the catalogue.</summary>
    public AppsSection Apps { get; init; } = new();

    /// <summary>The device's own policy.</summary>
    public PolicySection Policy { get; init; } = new();

    /// <summary>Guardrails of this device.</summary>
    public GuardSection Guard { get; init; } = new();

    /// <summary>Limits of the proxy.</summary>
    public ProxySection Proxy { get; init; } = new();

    /// <summary>Limits of captured calls.</summary>
    public CaptureSection Capture { get; init; } = new();

    /// <summary>Limits of uploads.</summary>
    public UploadSection Upload { get; init; } = new();

    /// <summary>Where the console is.</summary>
    public ConsoleSection Console { get; init; } = new();

    /// <summary>How this device is named.</summary>
    public DeviceSection Device { get; init; } = new();
}
