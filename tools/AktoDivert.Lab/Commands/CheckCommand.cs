using System.CommandLine;
using AktoDivert.Lab.Check;
using AktoDivert.Lab.Clients;
using Spectre.Console;

namespace AktoDivert.Lab.Commands;

internal static class CheckCommand
{
    private static readonly Option<string> AgentSocket = new("--agent-socket")
    {
        Description = "Control socket of the agent.",
        DefaultValueFactory = _ => "/run/aktodivert/control.sock",
    };

    private static readonly Option<Uri> Console = new("--console")
    {
        Description = "Address of the console.",
        DefaultValueFactory = _ => new Uri("http://127.0.0.1:7070"),
    };

    private static readonly Option<string> TokenFile = new("--admin-token-file") { Description = "File with an admin token of the console.", Required = true };

    private static readonly Option<double> RecordLimit = new("--record-limit")
    {
        Description = "Seconds a record may take to reach the console after the last client.",
        DefaultValueFactory = _ => 30,
    };

    private static readonly Option<string[]> Only = new("--only")
    {
        Description = "Names of clients; all when left out.",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    public static Command Create()
    {
        var command = new Command("check", "Runs each client once beside agent and console, prints a table, and ends with 0 only if every cell is right.")
        {
            AgentSocket, Console, TokenFile, RecordLimit, Only,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var paths = LabOptions.Read(parsed);
        var token = (await File.ReadAllTextAsync(parsed.GetValue(TokenFile)!, cancellation)).Trim();
        using var source = new AgentAndConsole(parsed.GetValue(AgentSocket)!, parsed.GetValue(Console)!, token);
        using var upstream = new UpstreamView(paths.UpstreamSocket);
        var runner = new ClientRunner(paths, upstream);
        var check = new LabCheck(source, runner.RunAsync, TimeProvider.System, TimeSpan.FromSeconds(parsed.GetValue(RecordLimit)));
        var names = parsed.GetValue(Only)!;
        IReadOnlyList<LabClient> clients = names.Length == 0 ? LabClients.All : [.. names.Select(LabClients.Named)];
        var rows = await check.RunAsync(clients, client => System.Console.WriteLine($"{client.Name}: {client.About}"), cancellation);
        LabTable.Write(CheckTable.Render(rows));
        System.Console.WriteLine($"{rows.Count(row => row.IsRight)} of {rows.Count} clients right");
        return rows.All(row => row.IsRight) ? ExitCodes.Ok : ExitCodes.Failed;
    }
}
