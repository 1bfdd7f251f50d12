using System.CommandLine;
using AktoDivert.Agent.Control;

namespace AktoDivert.Agent.Commands;

/// <summary><c>patterns</c>.</summary>
internal static class PatternsCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context) => new AgentCommand("patterns", "List, add and remove Proxy Patterns. A change is in force at once. A pattern of the console is stronger than the same one here.", """
        aktodivert patterns list
        aktodivert patterns add api.mistral.ai --mode true
        aktodivert patterns add ".internal.example.org" --mode false
        aktodivert patterns remove api.mistral.ai
        """)
    {
        List(context),
        Add(context),
        Remove(context),
    };

    private static Command List(CommandContext context)
    {
        var command = new Command("list", "List the patterns in force.");
        command.SetAction(async (parse, cancellationToken) =>
        {
            var policy = (await context.AskPolicyAsync(parse, new ControlRequest { Op = ControlOps.Policy }, cancellationToken)).Policy!;
            if (parse.GetValue(context.Json))
            {
                context.Console.WriteJson(policy.Patterns, ControlJson.Default.IReadOnlyListProxyPattern);
            }
            else
            {
                context.Console.WriteTable(
                    ["mode", "pattern", "added by", "changed"],
                    [.. policy.Patterns.Select(p => new[] { p.Intercept ? "intercept" : "bypass", p.Pattern, p.AddedBy, p.UpdatedAt?.ToString("yyyy-MM-dd HH:mm", null) ?? "" })],
                    "There are no patterns; add one with: aktodivert patterns add <pattern> --mode true");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Add(CommandContext context)
    {
        var pattern = new Argument<string>("pattern") { Description = "host, .domain, *.glob.*, host:port, address range, https://host/path/*" };
        var mode = new Option<bool>("--mode") { Description = "true intercepts, false bypasses.", DefaultValueFactory = _ => true, HelpName = "true|false" };
        var command = new Command("add", "Add a pattern, or change its mode.") { pattern, mode };
        command.SetAction((parse, cancellationToken) => context.ChangePolicyAsync(
            parse,
            new ControlRequest { Op = ControlOps.PatternAdd, Text = parse.GetValue(pattern), Mode = parse.GetValue(mode) },
            $"{(parse.GetValue(mode) ? "Intercepts" : "Bypasses")} {parse.GetValue(pattern)} from now on.",
            cancellationToken));
        return command;
    }

    private static Command Remove(CommandContext context)
    {
        var pattern = new Argument<string>("pattern") { Description = "The pattern as listed." };
        var command = new Command("remove", "Remove a pattern that was added on this device.") { pattern };
        command.SetAction((parse, cancellationToken) => context.ChangePolicyAsync(
            parse,
            new ControlRequest { Op = ControlOps.PatternRemove, Text = parse.GetValue(pattern) },
            $"Removed {parse.GetValue(pattern)}.",
            cancellationToken));
        return command;
    }
}
