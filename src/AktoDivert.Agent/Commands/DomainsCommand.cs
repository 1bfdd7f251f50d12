using System.CommandLine;
using AktoDivert.Agent.Control;

namespace AktoDivert.Agent.Commands;

/// <summary><c>domains</c>.</summary>
internal static class DomainsCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context) => new AgentCommand("domains", "List, add and remove AI domains (intercepted) and chatty domains (passed through). A domain covers its subdomains.", """
        aktodivert domains ai list
        aktodivert domains ai add mistral.ai
        aktodivert domains chatty remove telemetry.example.org
        """)
    {
        Kind(context, "ai", "Domains that are intercepted.", policy => policy.Ai),
        Kind(context, "chatty", "Domains that pass through, counted and never decrypted.", policy => policy.Chatty),
    };

    private static Command Kind(CommandContext context, string list, string description, Func<PolicyListing, IReadOnlyList<string>> read) => new(list, description)
    {
        List(context, list, read),
        Change(context, list, "add", ControlOps.DomainAdd, "Added"),
        Change(context, list, "remove", ControlOps.DomainRemove, "Removed"),
    };

    private static Command List(CommandContext context, string list, Func<PolicyListing, IReadOnlyList<string>> read)
    {
        var command = new Command("list", $"List the {list} domains in force.");
        command.SetAction(async (parse, cancellationToken) =>
        {
            var domains = read((await context.AskPolicyAsync(parse, new ControlRequest { Op = ControlOps.Policy }, cancellationToken)).Policy!);
            if (parse.GetValue(context.Json))
            {
                context.Console.WriteJson(domains, ControlJson.Default.IReadOnlyListString);
            }
            else
            {
                foreach (var domain in domains)
                {
                    context.Console.WriteLine(AgentConsole.Printable(domain));
                }
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Change(CommandContext context, string list, string name, string op, string done)
    {
        var domain = new Argument<string>("domain") { Description = "For example openai.com, which covers api.openai.com." };
        var command = new Command(name, $"{(name == "add" ? "Add a domain to" : "Remove a domain from")} the {list} domains of this device.") { domain };
        command.SetAction((parse, cancellationToken) => context.ChangePolicyAsync(
            parse,
            new ControlRequest { Op = op, List = list, Text = parse.GetValue(domain) },
            $"{done} {parse.GetValue(domain)}.",
            cancellationToken));
        return command;
    }
}
