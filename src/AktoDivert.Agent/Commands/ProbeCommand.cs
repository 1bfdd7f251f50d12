using System.CommandLine;
using System.Net;
using AktoDivert.Redirect.Windows;

namespace AktoDivert.Agent.Commands;

/// <summary><c>probe</c>: the connection of the Windows engine's self test. Not for people.</summary>
internal static class ProbeCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var destination = new Argument<string>("destination");
        var command = new Command("probe", "Connect once; the exit code tells how that ended.") { destination };
        command.Hidden = true;
        command.SetAction(async (parse, cancellationToken) => IPEndPoint.TryParse(parse.GetValue(destination)!, out var endPoint)
            ? await SelfTestProbe.RunAsync(endPoint, cancellationToken)
            : throw new CommandException(ExitCode.Usage, "the destination is not ADDRESS:PORT"));
        return command;
    }
}
