using System.CommandLine;
using AktoDivert.Agent.Control;
using AktoDivert.Agent.Doctor;
using AktoDivert.Agent.Hosting;
using AktoDivert.Agent.Policy;
using AktoDivert.Agent.State;

namespace AktoDivert.Agent.Commands;

/// <summary><c>doctor</c>.</summary>
internal static class DoctorCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var command = new AgentCommand("doctor", "Look for every known trap on this machine and say how to get out of it. Exit code 1 when something keeps the agent from its work.", """
            sudo aktodivert doctor
            sudo aktodivert doctor --json
            """);
        command.SetAction(async (parse, cancellationToken) =>
        {
            context.RequirePrivilege("look into other users' processes and the agent's state");
            var options = context.Options(parse);
            var store = new PolicyStore(options, ConsoleLocation.Find(options), context.Console.Time);
            using var link = ConsoleLink.Find(options, context.Console);
            var surroundings = new DoctorSurroundings
            {
                Options = options,
                Selection = store.Selection,
                Apps = store.Apps,
                Environment = context.Console.Environment,
                Time = context.Console.Time,
            };
            var findings = await DoctorChecks.RunAsync(DoctorChecks.All(link), surroundings, cancellationToken);
            Write(context.Console, findings, parse.GetValue(context.Json));
            return findings.Any(finding => finding.Outcome == DoctorOutcome.Fail) ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }

    private static void Write(AgentConsole console, IReadOnlyList<DoctorFinding> findings, bool json)
    {
        if (json)
        {
            console.WriteJson(findings, ControlJson.Default.IReadOnlyListDoctorFinding);
            return;
        }

        console.WriteTable(
            ["", "check", "finding", "fix"],
            [.. findings.Select(finding => new[] { finding.Outcome.ToString().ToLowerInvariant(), finding.Name, finding.Finding, finding.Fix })],
            "");
    }
}
