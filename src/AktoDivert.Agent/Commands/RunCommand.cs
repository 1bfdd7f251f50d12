using System.CommandLine;
using System.ComponentModel;
using System.Net.Sockets;
using AktoDivert.Agent.Hosting;
using AktoDivert.Agent.Service.Windows;
using AktoDivert.Agent.State;
using AktoDivert.Proxy.Intercept.Certificates;
using Microsoft.Extensions.Hosting;

namespace AktoDivert.Agent.Commands;

/// <summary><c>run</c>.</summary>
internal static class RunCommand
{
    // After new connections go direct, the established ones of an agent that does not run may hang this much longer.
    private static readonly TimeSpan ConnectionsMayHang = TimeSpan.FromSeconds(1.5);

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var command = new AgentCommand("run", "Run the agent in the foreground until Ctrl+C or SIGTERM. Needs root: it loads BPF programs and reads which process opened a connection.", """
            sudo aktodivert run
            sudo aktodivert run --config ./config.json
            sudo AKTODIVERT__REDIRECT__SCOPE=all aktodivert run
            """);
        var asService = new Option<bool>("--service") { Hidden = true };
        command.Add(asService);
        command.SetAction(async (parse, cancellationToken) =>
        {
            try
            {
                return await RunAsync(context, parse, OperatingSystem.IsWindows() && parse.GetValue(asService), cancellationToken);
            }
            catch (CommandException fault) when (OperatingSystem.IsWindows() && parse.GetValue(asService))
            {
                AgentEventLog.WriteFailure(fault.Message);
                throw;
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, ParseResult parse, bool asService, CancellationToken cancellationToken)
    {
        var options = context.Options(parse);
        context.RequirePrivilege("run the agent");
        if (OperatingSystem.IsWindows())
        {
            AdministratorFolder.CreateAgentFolders();
        }

        using var only = InstanceLock.Take(options);
        using var hangLimit = HangLimit.Start(options.Redirect.HeartbeatTimeout + ConnectionsMayHang);
        try
        {
            using var host = AgentHost.Build(options, context.Console, asService);
            await host.RunAsync(cancellationToken);
            return ExitCode.Done;
        }
        catch (CertificateAuthorityException fault)
        {
            throw new CommandException(ExitCode.Failed, fault.Message);
        }
        catch (Exception fault) when (fault is SocketException or IOException or UnauthorizedAccessException or Win32Exception)
        {
            throw new CommandException(ExitCode.Failed, $"the agent could not start: {fault.Message}");
        }
    }
}
