using System.CommandLine;
using AktoDivert.Agent.Hosting;

namespace AktoDivert.Agent.Commands;

/// <summary><c>supervise</c>: what the agent starts beside itself on Windows. Not for people.</summary>
internal static class SuperviseCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var pid = new Argument<int>("pid");
        var milliseconds = new Argument<int>("milliseconds");
        var command = new Command("supervise", "End a process when the bytes on standard input stay away.") { pid, milliseconds };
        command.Hidden = true;
        command.SetAction(async (parse, cancellationToken) =>
        {
            await using var beats = Console.OpenStandardInput();
            var limit = TimeSpan.FromMilliseconds(parse.GetValue(milliseconds));
            return await Supervisor.WatchAsync(parse.GetValue(pid), limit, beats, cancellationToken) ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }
}
