using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Configuration;

namespace AktoDivert.Agent.Service;

/// <summary>Installs the agent as a systemd service, and takes it out again. Every step may be repeated.</summary>
/// <param name="root">Root of the file system.</param>
/// <param name="systemctl">Runs <c>systemctl</c> with arguments.</param>
internal sealed class SystemdService(string root, Func<string[], CancellationToken, Task<ProgramOutcome?>> systemctl) : IAgentService
{
    private string UnitPath => Path.Combine(root, "etc/systemd/system", SystemdUnit.Name);

    /// <summary>The service of this machine.</summary>
    public static SystemdService OfThisMachine() => new("/", (arguments, token) => SystemProgram.RunAsync("systemctl", arguments, token));

    /// <summary>Whether systemd runs the machine with a root of its file system.</summary>
    // sd_booted(3): this folder exists exactly there.
    public static bool IsBooted(string root) => Directory.Exists(Path.Combine(root, "run/systemd/system"));

    /// <summary>Writes the unit and enables it. It starts at the next boot, or with <see cref="StartAsync"/>.</summary>
    /// <exception cref="CommandException">systemd does not run here, or refused.</exception>
    public async Task InstallAsync(string executable, string? configuration, AgentOptions options, CancellationToken cancellationToken)
    {
        RequireSystemd();
        Directory.CreateDirectory(Path.GetDirectoryName(UnitPath)!);
        await File.WriteAllTextAsync(UnitPath, SystemdUnit.Text(executable, configuration, options.StateDirectory), cancellationToken);
        Directory.CreateDirectory(Path.Combine(root, options.StateDirectory.TrimStart('/')));
        await ControlAsync(["daemon-reload"], cancellationToken);
        await ControlAsync(["enable", SystemdUnit.Name], cancellationToken);
    }

    /// <summary>Stops and disables the service and deletes its unit. The state directory and the trust stores stay.</summary>
    /// <exception cref="CommandException">systemd does not run here, or refused.</exception>
    public async Task UninstallAsync(CancellationToken cancellationToken)
    {
        RequireSystemd();
        if (!File.Exists(UnitPath))
        {
            return;
        }

        await ControlAsync(["disable", "--now", SystemdUnit.Name], cancellationToken);
        File.Delete(UnitPath);
        await ControlAsync(["daemon-reload"], cancellationToken);
    }

    /// <summary>Starts it.</summary>
    /// <exception cref="CommandException">It is not installed, or did not start.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => ControlInstalledAsync("start", cancellationToken);

    /// <summary>Stops it.</summary>
    /// <exception cref="CommandException">It is not installed, or did not stop.</exception>
    public Task StopAsync(CancellationToken cancellationToken) => ControlInstalledAsync("stop", cancellationToken);

    private Task ControlInstalledAsync(string verb, CancellationToken cancellationToken)
    {
        RequireSystemd();
        return File.Exists(UnitPath)
            ? ControlAsync([verb, SystemdUnit.Name], cancellationToken)
            : throw new CommandException(ExitCode.Failed, "the service is not installed; install it with: sudo aktodivert service install");
    }

    private async Task ControlAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var outcome = await systemctl(arguments, cancellationToken)
            ?? throw new CommandException(ExitCode.Failed, $"systemctl {string.Join(' ', arguments)} did not run to its end; try it by hand");
        if (outcome.ExitCode != 0)
        {
            throw new CommandException(ExitCode.Failed, $"systemctl {string.Join(' ', arguments)} failed: {outcome.Error}; see: journalctl -u {SystemdUnit.Name}");
        }
    }

    private void RequireSystemd()
    {
        if (!IsBooted(root))
        {
            throw new CommandException(
                ExitCode.Failed, "systemd does not run this machine, so there is nothing to install a service into; start the agent from what does: aktodivert run");
        }
    }
}
