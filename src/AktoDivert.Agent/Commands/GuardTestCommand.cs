using System.CommandLine;
using System.Globalization;
using AktoDivert.Agent.Control;
using AktoDivert.Agent.Guarding.Testing;
using AktoDivert.Guardrails.Policies;

namespace AktoDivert.Agent.Commands;

/// <summary><c>guard test</c>.</summary>
internal static class GuardTestCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var policy = new Option<string>("--policy") { Description = "Policy file, or the answer of Akto's fetchGuardrailPolicies.", HelpName = "file", Required = true };
        var shape = new Option<string>("--shape")
        {
            Description = $"API that a text is put into: {string.Join(", ", GuardSamples.ShapeNames)}.",
            DefaultValueFactory = _ => "anthropic.messages",
            HelpName = "shape",
        };
        shape.AcceptOnlyFromAmong([.. GuardSamples.ShapeNames]);
        var app = new Option<string>("--app") { Description = "Catalogue id of the app that calls, for policies with a scope.", DefaultValueFactory = _ => "claude-code", HelpName = "id" };
        var command = new Command("test", "Read a prompt, a HAR file or lines of JSON from standard input and show what the policies would do.") { policy, shape, app };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var set = ReadPolicies(parse.GetValue(policy)!);
            var input = await context.Console.In.ReadToEndAsync(cancellationToken);
            var trial = new GuardTrial(set, parse.GetValue(app)!, context.Console.Time);
            var results = new List<GuardTestResult>();
            foreach (var sample in GuardSamples.Read(input, parse.GetValue(shape)!))
            {
                results.Add(await trial.RunAsync(sample, results.Count + 1, cancellationToken));
            }

            if (parse.GetValue(context.Json))
            {
                context.Console.WriteJson(results, ControlJson.Default.IReadOnlyListGuardTestResult);
            }
            else
            {
                Write(context.Console, results);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static PolicySet ReadPolicies(string path)
    {
        byte[] file;
        try
        {
            file = File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, $"{path} cannot be read: {fault.Message}");
        }

        var set = PolicyFile.Read(file, out _, out var errors);
        return errors.Count == 0
            ? set
            : throw new CommandException(
                ExitCode.Usage,
                $"{path} has {errors.Count} error{(errors.Count == 1 ? "" : "s")}:{Environment.NewLine}"
                + string.Join(Environment.NewLine, errors.Select(error => "  " + error)));
    }

    private static void Write(AgentConsole console, List<GuardTestResult> results)
    {
        var rows = new List<string[]>();
        foreach (var result in results)
        {
            var about = result.Reason.Length > 0 ? result.Reason : result.Unchecked is { } why ? $"not judged: {why}" : "nothing found";
            rows.Add([Number(result.Number), result.Verdict, result.Shape, result.Policy, string.Create(CultureInfo.InvariantCulture, $"{result.Milliseconds:0.00} ms"), about]);
            rows.AddRange(result.Findings.Select(finding => new[]
            {
                "", $"- {finding.Action}{(finding.Monitor ? " (monitor)" : "")}", $"{finding.Detector}: {finding.Rule}", finding.Policy,
                string.Create(CultureInfo.InvariantCulture, $"{finding.Score:0.00}"), $"{finding.Where} {finding.Evidence}".Trim(),
            }));
        }

        console.WriteTable(["call", "verdict", "shape", "policy", "time", "what"], rows, "The input holds no call.");
        foreach (var result in results.Where(result => result.Passes is not null))
        {
            console.WriteLine($"{Number(result.Number)} passes as: {AgentConsole.Printable(result.Passes!)}");
        }
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
