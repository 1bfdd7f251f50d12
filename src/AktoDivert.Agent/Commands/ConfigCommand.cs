using System.CommandLine;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Control;

namespace AktoDivert.Agent.Commands;

/// <summary><c>config</c>.</summary>
internal static class ConfigCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context) => new AgentCommand("config", "Check the configuration without starting anything.", """
        aktodivert config check
        aktodivert config check --config ./config.json --json
        """)
    {
        Check(context),
    };

    private static Command Check(CommandContext context)
    {
        var command = new Command("check", "Report every error with its place, its value and the fix; exit code 2 when there is one.");
        command.SetAction(parse =>
        {
            var configuration = AgentConfiguration.Load(parse.GetValue(context.Config), context.Console.Environment);
            if (parse.GetValue(context.Json))
            {
                context.Console.WriteJson(configuration.Errors, ControlJson.Default.IReadOnlyListConfigurationError);
            }
            else
            {
                context.Console.WriteLine(configuration.Errors.Count == 0 ? "The configuration is correct." : CommandContext.Describe(configuration.Errors));
            }

            return configuration.Errors.Count == 0 ? ExitCode.Done : ExitCode.Usage;
        });
        return command;
    }
}
