using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Configuration;

namespace AktoDivert.Agent.Service;

/// <summary>The agent as a service of the operating system. Every step may be repeated.</summary>
internal interface IAgentService
{
    /// <summary>Installs it so that it starts with the machine, or brings an installed one up to date.</summary>
    /// <param name="executable">Full path of the agent.</param>
    /// <param name="configuration">Full path of the configuration file; null for the default one.</param>
    /// <param name="options">The configuration.</param>
    /// <param name="cancellationToken">Ends the step; repeat it.</param>
    /// <exception cref="CommandException">The system refused.</exception>
    Task InstallAsync(string executable, string? configuration, AgentOptions options, CancellationToken cancellationToken);

    /// <summary>Stops it and takes it out. The state directory and the trust stores stay.</summary>
    /// <exception cref="CommandException">The system refused.</exception>
    Task UninstallAsync(CancellationToken cancellationToken);

    /// <summary>Starts it.</summary>
    /// <exception cref="CommandException">It is not installed, or did not start.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Stops it.</summary>
    /// <exception cref="CommandException">It is not installed, or did not stop.</exception>
    Task StopAsync(CancellationToken cancellationToken);
}
