using System.CommandLine;
using System.Net;
using System.Text.Json;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Control;
using AktoDivert.Agent.Hosting;
using AktoDivert.Capture.Fleet;
using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.Commands;

/// <summary><c>update-check</c>.</summary>
internal static class UpdateCheckCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var command = new AgentCommand("update-check", "Ask the console which version this device is to run. Installs nothing: exit code 6 tells a management script that another version is due, 7 that the console cannot be reached.", """
            sudo aktodivert update-check
            sudo aktodivert update-check --json | jq -r .wanted
            sudo aktodivert update-check || [ $? -ne 6 ] || ./install-it
            """);
        command.SetAction(async (parse, cancellationToken) =>
        {
            context.RequirePrivilege("read the device token");
            var options = context.Options(parse);
            using var link = ConsoleLink.Find(options, context.Console)
                ?? throw new CommandException(ExitCode.Failed, "this device has no console that could want a version; enrol it with: aktodivert enrol URL TOKEN");
            var wanted = await AskConsoleAsync(link, cancellationToken);
            var report = new UpdateReport(StatusSource.Version, await RunningAsync(options, cancellationToken), wanted.Ring, wanted.Version);
            if (parse.GetValue(context.Json))
            {
                context.Console.WriteJson(report, ControlJson.Default.UpdateReport);
            }
            else
            {
                Write(context.Console, report);
            }

            return report.Due ? ExitCode.UpdateDue : ExitCode.Done;
        });
        return command;
    }

    private static void Write(AgentConsole console, UpdateReport report) => console.WriteTable(
        ["what", "version"],
        [
            ["installed", report.Installed],
            ["running", report.Running.Length > 0 ? report.Running : "no agent answers"],
            ["wanted", $"{(report.Wanted.Length > 0 ? report.Wanted : "any")}, ring {report.Ring}"],
            ["update", report.Due ? "due" : "none"],
        ],
        "");

    private static async Task<WantedVersion> AskConsoleAsync(ConsoleLink link, CancellationToken cancellationToken)
    {
        try
        {
            return await link.Client.WantedVersionAsync(cancellationToken);
        }
        catch (ConsoleRefusedException fault) when (fault.Status >= HttpStatusCode.InternalServerError || fault.Status == HttpStatusCode.TooManyRequests)
        {
            throw new CommandException(ExitCode.Unreachable, $"{link.Url} does not answer just now ({(int)fault.Status}); ask again later");
        }
        catch (ConsoleRefusedException fault)
        {
            throw new CommandException(ExitCode.Failed, fault.Status == HttpStatusCode.NotFound
                ? $"{link.Url} knows no update rings; they are a feature of AktoDivert's own console"
                : $"{link.Url} refused the device token ({(int)fault.Status}); enrol the device again with: aktodivert enrol URL TOKEN");
        }
        catch (JsonException)
        {
            throw new CommandException(ExitCode.Failed, $"{link.Url} did not answer as a console does; correct $.console.url");
        }
        catch (Exception fault) when (ConsoleClient.IsUnreachable(fault) && !cancellationToken.IsCancellationRequested)
        {
            throw new CommandException(ExitCode.Unreachable, $"{link.Url} cannot be reached: {fault.Message}");
        }
    }

    // A hung agent is no reason to stay without the update.
    private static async Task<string> RunningAsync(AgentOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await using var client = await ControlClient.TryConnectAsync(options.ControlSocket, cancellationToken);
            return client is null ? "" : (await client.AskAsync(new ControlRequest { Op = ControlOps.Status }, cancellationToken)).Status!.Version;
        }
        catch (CommandException)
        {
            return "";
        }
    }
}
