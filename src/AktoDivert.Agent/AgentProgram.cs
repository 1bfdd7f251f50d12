using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Control;
using AktoDivert.Agent.State;

namespace AktoDivert.Agent;

/// <summary>The command line: parses, runs the command, turns its failures into messages and exit codes.</summary>
internal static class AgentProgram
{
    // Long enough for the agent's own orderly stop within 5 seconds.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(6);

    /// <summary>Runs a command.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, AgentConsole console, CancellationToken cancellationToken = default)
    {
        var context = new CommandContext(console);
        var parse = CreateRoot(context).Parse(args);
        var invocation = new InvocationConfiguration
        {
            Output = console.Out,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = StopLimit,
        };
        try
        {
            var result = await parse.InvokeAsync(invocation, cancellationToken);
            return parse.Action is ParseErrorAction ? ExitCode.Usage : result;
        }
        catch (CommandException fault)
        {
            var way = fault.ExitCode == ExitCode.NotPermitted ? "; " + WithPrivilege(args) : "";
            return Fail(console, parse.GetValue(context.Json), fault.Message + way, fault.ExitCode);
        }
        catch (StateFileException fault)
        {
            return Fail(console, parse.GetValue(context.Json), fault.Message, ExitCode.Failed);
        }
    }

    private static RootCommand CreateRoot(CommandContext context)
    {
        var root = new RootCommand(
            "AktoDivert shows a security team what desktop AI apps send: it redirects their TLS connections to a local transparent proxy, "
            + "intercepts the AI calls, and uploads them to a console.")
        {
            context.Config,
            context.Json,
            RunCommand.Create(context),
            StatusCommand.Create(context),
            TailCommand.Create(context),
            ExplainCommand.Create(context),
            PatternsCommand.Create(context),
            DomainsCommand.Create(context),
            LearnedCommand.Create(context),
            TrustCommand.Create(context),
            DoctorCommand.Create(context),
            BenchCommand.Create(context),
            EnrolCommand.Create(context),
            ServiceCommand.Create(context),
            UpdateCheckCommand.Create(context),
            ConfigCommand.Create(context),
            GuardCommand.Create(context),
            SuperviseCommand.Create(),
            ProbeCommand.Create(),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private static string WithPrivilege(string[] args) => OperatingSystem.IsWindows()
        ? "open a terminal as Administrator and call the command again"
        : "call it as: sudo " + string.Join(' ', args.Prepend(Environment.ProcessPath!).Select(Quoted));

    private static string Quoted(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=@".Contains(c, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static int Fail(AgentConsole console, bool json, string message, int exitCode)
    {
        if (json)
        {
            console.WriteJson(ControlResponse.Refuse(message), ControlJson.Default.ControlResponse);
        }

        console.Error.WriteLine($"aktodivert: {message}");
        return exitCode;
    }
}
