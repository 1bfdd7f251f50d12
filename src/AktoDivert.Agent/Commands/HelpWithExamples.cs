using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace AktoDivert.Agent.Commands;

/// <summary>The usual help, then examples and exit codes.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    private const string RootExamples = """
        sudo aktodivert run
        aktodivert status
        aktodivert explain claude api.anthropic.com
        sudo aktodivert doctor
        """;

    /// <inheritdoc />
    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in Examples(parseResult.CommandResult).Split('\n'))
        {
            output.WriteLine("  " + example.TrimEnd('\r'));
        }

        output.WriteLine();
        output.WriteLine("Exit codes:");
        output.WriteLine("  0 done, 1 failed, 2 wrong command line or configuration, 3 the agent does not run, 4 not permitted, 5 already running, 6 an update is due, 7 the console cannot be reached");
        return ExitCode.Done;
    }

    // A verb (patterns add) shows those examples of its command that use it.
    private static string Examples(CommandResult result) => result.Command switch
    {
        AgentCommand command => command.Examples,
        RootCommand => RootExamples,
        var verb => string.Join('\n', Examples((CommandResult)result.Parent!).Split('\n').Where(example => $"{example.TrimEnd()} ".Contains($" {verb.Name} ", StringComparison.Ordinal))),
    };
}
