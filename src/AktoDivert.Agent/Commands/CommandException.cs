namespace AktoDivert.Agent.Commands;

/// <summary>Ends a command with an exit code and a message for the person who called it.</summary>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    /// <summary>An <see cref="Commands.ExitCode"/>.</summary>
    public int ExitCode => exitCode;
}
