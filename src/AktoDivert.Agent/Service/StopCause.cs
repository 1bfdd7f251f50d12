using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.State;
using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.Service;

/// <summary>Why this agent stops. A stop before a new start, as an upgrade makes it, looks as any other: the console waits whether it comes back.</summary>
/// <param name="root">Root of the file system.</param>
/// <param name="options">The configuration.</param>
/// <param name="systemctl">Runs <c>systemctl</c> with arguments.</param>
internal sealed class StopCause(string root, AgentOptions options, Func<string[], CancellationToken, Task<ProgramOutcome?>> systemctl)
{
    // The stop waits for the answer, and an agent must not hold up a machine that goes down.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMilliseconds(500);

    private volatile bool _machineGoesDown;

    /// <summary>Whether the service control manager of Windows said that the machine goes down. Thread-safe.</summary>
    public bool MachineGoesDown
    {
        get => _machineGoesDown;
        set => _machineGoesDown = value;
    }

    /// <summary>That of this machine's agent.</summary>
    public static StopCause OfThisMachine(AgentOptions options) => new("/", options, (arguments, token) => SystemProgram.RunAsync("systemctl", arguments, token));

    /// <summary>The cause, an <see cref="AgentDeparture"/>, within half a second.</summary>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        if (UninstallMark.IsSet(options))
        {
            return AgentDeparture.Uninstalled;
        }

        return MachineGoesDown || await SystemdStopsAsync(cancellationToken) ? AgentDeparture.Shutdown : AgentDeparture.Stopped;
    }

    private async Task<bool> SystemdStopsAsync(CancellationToken cancellationToken)
    {
        if (!SystemdService.IsBooted(root))
        {
            return false;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            // systemctl(1): "stopping" from the start of the shutdown on.
            return (await systemctl(["is-system-running"], limit.Token))?.Output.Trim() == "stopping";
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
