using System.ComponentModel;
using System.Runtime.Versioning;
using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Service.Windows.Interop;
using AktoDivert.Agent.State;

namespace AktoDivert.Agent.Service.Windows;

/// <summary>
/// Installs the agent as a Windows service with all that belongs to it (event source, firewall rule, folder access), and takes it out again.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsService : IAgentService
{
    private const uint StateStopped = 1;
    private const uint StateRunning = 4;
    private static readonly TimeSpan StateLimit = TimeSpan.FromSeconds(30);

    /// <inheritdoc />
    public async Task InstallAsync(string executable, string? configuration, AgentOptions options, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(executable)!;
        if (AdministratorFolder.WritableBy(folder) is { } sid)
        {
            throw new CommandException(
                ExitCode.Failed,
                $"{folder} may be changed by {sid}, who would then run code as SYSTEM; install with install.ps1, which copies to Program Files");
        }

        AdministratorFolder.CreateAgentFolders();
        AdministratorFolder.CreateClosed(options.StateDirectory);
        AgentEventLog.Register();
        await FirewallRule.OfThisMachine().AddAsync(executable, cancellationToken);
        With(control => control.Install(ServiceDefinition.CommandLine(executable, configuration)));
    }

    /// <inheritdoc />
    public async Task UninstallAsync(CancellationToken cancellationToken)
    {
        if (With(control => control.Exists(ServiceDefinition.Name)))
        {
            await StopAsync(cancellationToken);
            With(control => control.Delete(ServiceDefinition.Name));
        }

        With(control => DriverService.RemoveOurs(control));
        await FirewallRule.OfThisMachine().RemoveAsync(cancellationToken);
        AgentEventLog.Unregister();
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        RequireInstalled();
        With(control => control.Start(ServiceDefinition.Name));
        return ReachAsync(StateRunning, "start", cancellationToken);
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken)
    {
        RequireInstalled();
        With(control => control.Stop(ServiceDefinition.Name));
        return ReachAsync(StateStopped, "stop", cancellationToken);
    }

    private static void RequireInstalled()
    {
        if (!With(control => control.Exists(ServiceDefinition.Name)))
        {
            throw new CommandException(ExitCode.Failed, "the service is not installed; install it with: aktodivert service install");
        }
    }

    private static async Task ReachAsync(uint wanted, string verb, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StateLimit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var hasStarted = false;
        try
        {
            while (With(control => control.State(ServiceDefinition.Name)) is { } state && state != wanted)
            {
                // Stopped again after start-up began: it failed, and says why in the event log.
                hasStarted |= state != StateStopped;
                if (wanted == StateRunning && hasStarted && state == StateStopped)
                {
                    break;
                }

                await timer.WaitForNextTickAsync(limit.Token);
            }

            if (With(control => control.State(ServiceDefinition.Name)) == wanted)
            {
                return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Said below.
        }

        throw new CommandException(
            ExitCode.Failed, $"the service did not {verb} within {StateLimit.TotalSeconds:0} seconds; see the Application event log, source {ServiceDefinition.Name}");
    }

    private static void With(Action<ServiceControl> act) => With(control =>
    {
        act(control);
        return true;
    });

    private static T With<T>(Func<ServiceControl, T> act)
    {
        try
        {
            using var control = new ServiceControl();
            return act(control);
        }
        catch (Win32Exception fault)
        {
            throw new CommandException(ExitCode.Failed, $"the service control manager refused: {fault.Message} (error {fault.NativeErrorCode})");
        }
    }
}
