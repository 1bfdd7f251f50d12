using System.CommandLine;
using System.Globalization;
using AktoDivert.Agent.Control;
using AktoDivert.Agent.Explaining;

namespace AktoDivert.Agent.Commands;

/// <summary><c>explain</c>.</summary>
internal static class ExplainCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var process = new Argument<string>("process") { Description = "Name, path, process id, or a command line in quotes." };
        var target = new Argument<string>("target") { Description = "host[:port][/path]" };
        var command = new AgentCommand("explain", "Explain what happens to a connection and which rule decides, by the policy in force (or, while no agent runs, by the files it would start from).", """
            aktodivert explain claude api.anthropic.com
            aktodivert explain 4711 api.openai.com/v1/responses
            aktodivert explain "node /usr/lib/node_modules/@anthropic-ai/claude-code/cli.js" statsig.anthropic.com
            """)
        { process, target };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var request = new ControlRequest { Op = ControlOps.Explain, Process = parse.GetValue(process), Target = parse.GetValue(target) };
            var explanation = (await context.AskPolicyAsync(parse, request, cancellationToken)).Explanation!;
            if (parse.GetValue(context.Json))
            {
                context.Console.WriteJson(explanation, ControlJson.Default.Explanation);
            }
            else
            {
                Write(context.Console, explanation);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(AgentConsole console, Explanation explanation)
    {
        console.WriteLine(explanation.Selected
            ? $"{explanation.Process} is redirected{(explanation.App.Length > 0 ? $" as {explanation.App} ({explanation.AppOrigin})" : "")}: {explanation.SelectedBy}"
            : $"{explanation.Process} is NOT redirected, its connections go direct: {explanation.SelectedBy}");
        var verb = explanation.Selected ? "is" : "would be";
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{explanation.Host}:{explanation.Port} {verb} {(explanation.Action == Core.Policy.InterceptAction.Intercept ? "INTERCEPTED" : "PASSED THROUGH")}: {explanation.Reason}"));
        foreach (var step in explanation.Steps)
        {
            var rule = step.Outcome == "decides" && explanation.Rule.Length > 0 ? $": {explanation.Rule}" : "";
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {step.Number} {step.Name,-22} {step.Outcome}{rule}"));
        }

        if (explanation.Captured is { } captured)
        {
            var rule = string.IsNullOrEmpty(explanation.PathRule) ? "" : $" by {explanation.PathRule}";
            console.WriteLine($"A call to {explanation.Path} is {(captured ? "recorded" : "not recorded")}{rule}.");
        }

        if (explanation.From == "files")
        {
            console.WriteLine("No agent runs here: this is what a start would put in force.");
        }
    }
}
