namespace AktoDivert.Agent.Commands;

/// <summary>Exit codes of every command; listed in <c>--help</c> and docs/configuration.md.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed; the message says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The agent does not run, and the command needs it.</summary>
    public const int NotRunning = 3;

    /// <summary>The user may not do this; usually root may.</summary>
    public const int NotPermitted = 4;

    /// <summary>Another agent runs with the same state directory.</summary>
    public const int AlreadyRunning = 5;

    /// <summary><c>update-check</c>: another version is due.</summary>
    public const int UpdateDue = 6;

    /// <summary><c>update-check</c>: the console cannot be reached.</summary>
    public const int Unreachable = 7;
}
