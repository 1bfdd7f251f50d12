using System.Globalization;
using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.State;

namespace AktoDivert.Agent.Hosting;

/// <summary>Keeps a second agent from the same state directory. The kernel gives the lock back however the process ends.</summary>
internal sealed class InstanceLock : IDisposable
{
    private readonly FileStream _locked;

    private InstanceLock(FileStream locked) => _locked = locked;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="CommandException">Another agent holds it, or the state directory cannot be used.</exception>
    public static InstanceLock Take(AgentOptions options)
    {
        var pidFile = Path.Combine(options.StateDirectory, "agent.pid");
        try
        {
            PrivateFile.CreateFolder(options.StateDirectory);
            // FileShare.None is flock(2) on Unix, which a kill -9 releases too.
            var locked = new FileStream(Path.Combine(options.StateDirectory, "agent.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new InstanceLock(locked);
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NotPermitted, $"{options.StateDirectory} may not be written; run as root: sudo aktodivert run");
        }
        catch (IOException fault)
        {
            throw File.Exists(pidFile)
                ? new CommandException(ExitCode.AlreadyRunning, $"an agent already runs with {options.StateDirectory}: process {File.ReadAllText(pidFile)}; see: aktodivert status")
                : new CommandException(ExitCode.Failed, $"{options.StateDirectory} cannot be used: {fault.Message}");
        }
    }

    /// <inheritdoc />
    public void Dispose() => _locked.Dispose();
}
