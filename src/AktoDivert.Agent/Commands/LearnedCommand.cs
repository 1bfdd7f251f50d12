using System.CommandLine;
using System.Globalization;
using AktoDivert.Agent.Control;
using AktoDivert.Core.Policy;

namespace AktoDivert.Agent.Commands;

/// <summary><c>learned</c>.</summary>
internal static class LearnedCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context) => new AgentCommand("learned", "List, clear and pin learned passthroughs: pairs of process and host that pass through because the app refused our certificate.", """
        aktodivert learned list
        aktodivert learned clear claude api.anthropic.com
        aktodivert learned pin pinned-app login.example.org
        """)
    {
        List(context),
        Change(context, "clear", "Forget a pair, so that it is intercepted again.", ControlOps.LearnedClear, "Forgot"),
        Change(context, "pin", "Let a pair pass through until it is cleared.", ControlOps.LearnedPin, "Pinned"),
    };

    /// <summary>How long an entry lasts, in words.</summary>
    public static string Until(LearnedPassthrough entry) =>
        entry.IsPinned ? "pinned" : string.Create(CultureInfo.InvariantCulture, $"until {entry.Expires:yyyy-MM-dd HH:mm} UTC");

    private static Command List(CommandContext context)
    {
        var command = new Command("list", "List the pairs in force.");
        command.SetAction(async (parse, cancellationToken) =>
        {
            var learned = (await context.AskPolicyAsync(parse, new ControlRequest { Op = ControlOps.Policy }, cancellationToken)).Policy!.Learned;
            if (parse.GetValue(context.Json))
            {
                context.Console.WriteJson(learned, ControlJson.Default.IReadOnlyListLearnedPassthrough);
            }
            else
            {
                context.Console.WriteTable(
                    ["process", "host", "reason", "refusals", "lasts"],
                    [.. learned.Select(e => new[] { e.Process, e.Host, e.Reason, e.Refusals.ToString(CultureInfo.InvariantCulture), Until(e) })],
                    "Nothing is learned: every app accepts the certificate so far.");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Change(CommandContext context, string name, string description, string op, string done)
    {
        var process = new Argument<string>("process") { Description = "Executable file name as listed." };
        var host = new Argument<string>("host") { Description = "Host name as listed." };
        var command = new Command(name, description) { process, host };
        command.SetAction((parse, cancellationToken) => context.ChangePolicyAsync(
            parse,
            new ControlRequest { Op = op, Process = parse.GetValue(process), Target = parse.GetValue(host) },
            $"{done} {parse.GetValue(process)} -> {parse.GetValue(host)}.",
            cancellationToken));
        return command;
    }
}
