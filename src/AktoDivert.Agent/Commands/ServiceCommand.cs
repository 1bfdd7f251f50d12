using System.CommandLine;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Control;
using AktoDivert.Agent.Service;
using AktoDivert.Agent.State;

namespace AktoDivert.Agent.Commands;

/// <summary><c>service</c>.</summary>
internal static class ServiceCommand
{
    private delegate Task Step(IAgentService service, ParseResult parse, CancellationToken cancellationToken);

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context) => new AgentCommand("service", "Install, uninstall, start and stop the agent as a service of the system: systemd, or the service control manager of Windows.", """
        sudo aktodivert service install && sudo aktodivert service start
        sudo aktodivert service install --config /etc/aktodivert/config.json
        sudo aktodivert service uninstall
        """)
    {
        Verb(context, "install", "Install it so that it starts with the machine; repeat it after an upgrade.", "Installed; start it with: aktodivert service start", (service, parse, token) =>
            service.InstallAsync(Environment.ProcessPath!, parse.GetValue(context.Config) is { } file ? Path.GetFullPath(file) : null, context.Options(parse), token)),
        Verb(context, "uninstall", "Stop it and take it out. Trust stores and state stay: see trust remove.", "Uninstalled.", (service, parse, token) => UninstallAsync(context, service, parse, token)),
        Verb(context, "start", "Start it.", "Started.", (service, _, token) => service.StartAsync(token)),
        Verb(context, "stop", "Stop it.", "Stopped.", (service, _, token) => service.StopAsync(token)),
    };

    private static async Task UninstallAsync(CommandContext context, IAgentService service, ParseResult parse, CancellationToken cancellationToken)
    {
        // With an error in the configuration the defaults hold: it is taken out in any case.
        using var mark = UninstallMark.Set(AgentConfiguration.Load(parse.GetValue(context.Config), context.Console.Environment).Options);
        await service.UninstallAsync(cancellationToken);
    }

    private static Command Verb(CommandContext context, string name, string description, string done, Step step)
    {
        var command = new Command(name, description);
        command.SetAction(async (parse, cancellationToken) =>
        {
            context.RequirePrivilege($"{name} the service");
            await step(AgentService.OfThisMachine(), parse, cancellationToken);
            if (parse.GetValue(context.Json))
            {
                context.Console.WriteJson(ControlResponse.Done, ControlJson.Default.ControlResponse);
            }
            else
            {
                context.Console.WriteLine(done);
            }

            return ExitCode.Done;
        });
        return command;
    }
}
