using System.CommandLine;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Control;
using AktoDivert.Agent.Policy;
using AktoDivert.Agent.State;
using AktoDivert.Proxy.Intercept.Certificates;

namespace AktoDivert.Agent.Commands;

/// <summary>What all commands share: the console, the two options that every command takes, and the way to the agent.</summary>
internal sealed class CommandContext(AgentConsole console)
{
    /// <summary>Where to write.</summary>
    public AgentConsole Console => console;

    /// <summary><c>--config</c>.</summary>
    public Option<string?> Config { get; } = new("--config")
    {
        Description = $"Configuration file. Without it {AgentPaths.DefaultConfiguration} is read if it exists.",
        HelpName = "file",
        Recursive = true,
    };

    /// <summary><c>--json</c>.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "Write JSON instead of text.", Recursive = true };

    /// <summary>The checked configuration.</summary>
    /// <exception cref="CommandException">It has errors: all of them are in the message.</exception>
    public AgentOptions Options(ParseResult parse)
    {
        var configuration = AgentConfiguration.Load(parse.GetValue(Config), console.Environment);
        return configuration.Errors.Count == 0 ? configuration.Options : throw new CommandException(ExitCode.Usage, Describe(configuration.Errors));
    }

    /// <summary>Asks the running agent.</summary>
    /// <exception cref="CommandException">None runs, or it refused.</exception>
    public async Task<ControlResponse> AskAsync(ParseResult parse, ControlRequest request, CancellationToken cancellationToken)
    {
        await using var client = await ControlClient.ConnectAsync(Options(parse).ControlSocket, cancellationToken);
        return await client.AskAsync(request, cancellationToken);
    }

    /// <summary>Asks about policy: the running agent, or the files it would start from.</summary>
    /// <exception cref="CommandException">It was refused.</exception>
    public async Task<ControlResponse> AskPolicyAsync(ParseResult parse, ControlRequest request, CancellationToken cancellationToken)
    {
        var options = Options(parse);
        await using var client = await ControlClient.TryConnectAsync(options.ControlSocket, cancellationToken);
        if (client is not null)
        {
            return await client.AskAsync(request, cancellationToken);
        }

        var store = new PolicyStore(options, ConsoleLocation.Find(options), console.Time);
        var learned = new LearnedFile(options);
        learned.Restore(store.Provider.Learned);
        store.Provider.Learned.Changed += () => learned.Save(store.Provider.Learned);
        ConstraintDomains Needed() => ConstraintDomains.From(store.Provider.Current.Settings);
        var response = new PolicyAnswers(store, console.Time, "files", Needed, host => Needed().Covers(host)).Answer(request);
        return response.Ok ? response : throw new CommandException(ExitCode.Failed, response.Error!);
    }

    /// <summary>Asks for a change of policy and says that it was made.</summary>
    public async Task<int> ChangePolicyAsync(ParseResult parse, ControlRequest request, string done, CancellationToken cancellationToken)
    {
        RequirePrivilege("change the policy");
        var response = await AskPolicyAsync(parse, request, cancellationToken);
        if (parse.GetValue(Json))
        {
            console.WriteJson(response, ControlJson.Default.ControlResponse);
        }
        else
        {
            console.WriteLine(done);
            if (response.Warning is { } warning)
            {
                console.Error.WriteLine($"aktodivert: {warning}");
            }
        }

        return ExitCode.Done;
    }

    /// <summary>Ends the command unless the user is root.</summary>
    public void RequirePrivilege(string what)
    {
        if (!console.IsPrivileged)
        {
            throw new CommandException(ExitCode.NotPermitted, $"only {(OperatingSystem.IsWindows() ? "an Administrator" : "root")} may {what}");
        }
    }

    /// <summary>All errors of a configuration, one per line.</summary>
    public static string Describe(IReadOnlyList<ConfigurationError> errors) =>
        $"the configuration has {errors.Count} error{(errors.Count == 1 ? "" : "s")}:{Environment.NewLine}"
        + string.Join(Environment.NewLine, errors.Select(error => "  " + error));
}
