using System.CommandLine;
using System.Text;
using System.Text.Json;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Control;
using AktoDivert.Agent.Hosting;
using AktoDivert.Agent.State;
using AktoDivert.Capture.Fleet;
using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.Commands;

/// <summary><c>enrol</c>.</summary>
internal static class EnrolCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var url = new Argument<string>("console-url") { Description = "Base address of the console." };
        var token = new Argument<string>("token") { Description = "The one-time enrolment token that the console's Devices page shows; - reads it from standard input." };
        var command = new AgentCommand("enrol", "Trade a one-time token for this device's own token, and keep it (mode 0600) with the console's address in the state directory. Restart the agent afterwards.", """
            sudo aktodivert enrol https://console.example.org 3f9a...
            echo "$TOKEN" | sudo aktodivert enrol https://console.example.org -
            """)
        { url, token };
        command.SetAction(async (parse, cancellationToken) =>
        {
            context.RequirePrivilege("enrol the device");
            var options = context.Options(parse);
            var (address, problem) = ConsoleAddress.Parse(parse.GetValue(url)!);
            if (problem is not null)
            {
                throw new CommandException(ExitCode.Usage, $"{parse.GetValue(url)} {problem}; {ConsoleAddress.Fix}");
            }

            var oneTime = parse.GetValue(token) is var given && given == "-" ? (await context.Console.In.ReadLineAsync(cancellationToken))?.Trim() ?? "" : given!;
            var answer = await EnrolAsync(address!, oneTime, options, context.Console, cancellationToken);
            Keep(address!, answer.DeviceToken, options);
            if (parse.GetValue(context.Json))
            {
                context.Console.WriteJson(ControlResponse.Done, ControlJson.Default.ControlResponse);
            }
            else
            {
                context.Console.WriteLine($"Enrolled at {address} as {Device.Identify(options).Label}.");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<EnrolResponse> EnrolAsync(Uri address, string oneTime, AgentOptions options, AgentConsole console, CancellationToken cancellationToken)
    {
        var device = Device.Identify(options);
        using var link = ConsoleLink.To(address, options, console);
        try
        {
            return await link.Client.EnrolAsync(new EnrolRequest(oneTime, device.Id, device.Label, device.Os), cancellationToken);
        }
        catch (ConsoleRefusedException fault)
        {
            throw new CommandException(ExitCode.Failed, $"the console refused ({(int)fault.Status}); a token works once and for a limited time: make a new one on its Devices page");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or JsonException or TaskCanceledException)
        {
            throw new CommandException(ExitCode.Failed, $"{address} cannot be used as a console: {fault.Message}");
        }
    }

    private static void Keep(Uri address, string deviceToken, AgentOptions options)
    {
        try
        {
            PrivateFile.CreateFolder(options.StateDirectory);
            PrivateFile.Replace(AgentPaths.Token(options), Encoding.ASCII.GetBytes(deviceToken));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Failed, $"the token could not be kept in {AgentPaths.Token(options)}: {fault.Message}");
        }

        ConsoleLocation.File(options).Write(new Enrolment(address.ToString()));
    }
}
