using System.CommandLine;
using System.Text.Json;
using AktoDivert.Lab.Clients;
using Spectre.Console;

namespace AktoDivert.Lab.Commands;

/// <summary>Commands about the clients: list them, run one, keep them running.</summary>
internal static class ClientCommands
{
    public static Command CreateList()
    {
        var command = new Command("clients", "Lists the clients and what the agent must do with each.");
        command.SetAction(_ =>
        {
            var table = new Table().AddColumns("client", "what it is", "host", "treatment");
            foreach (var client in LabClients.All)
            {
                table.AddRow(client.Name, client.About, client.Host, client.Treatment.ToString());
            }

            LabTable.Write(table);
            return ExitCodes.Ok;
        });
        return command;
    }

    public static Command CreateCall()
    {
        var names = new Argument<string[]>("client") { Description = "Names from 'clients', or all.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("call", "Runs clients once each and prints a line of JSON for each. Example: aktodivert-lab call curl codex") { names };
        command.SetAction(async (parsed, cancellation) =>
        {
            var paths = LabOptions.Read(parsed);
            using var upstream = new UpstreamView(paths.UpstreamSocket);
            var runner = new ClientRunner(paths, upstream);
            var failed = false;
            foreach (var client in Select(parsed.GetValue(names)!))
            {
                var result = await runner.RunAsync(client, cancellation);
                failed |= !result.Ok;
                Console.WriteLine(JsonSerializer.Serialize(result, LabJson.Lines));
            }

            return failed ? ExitCodes.Failed : ExitCodes.Ok;
        });
        return command;
    }

    public static Command CreateTraffic()
    {
        var every = new Option<double>("--every") { Description = "Seconds between two clients.", DefaultValueFactory = _ => 5 };
        var command = new Command("traffic", "Runs the clients one after another, over and over, until a signal comes.") { every };
        command.SetAction(async (parsed, cancellation) =>
        {
            var paths = LabOptions.Read(parsed);
            var pause = TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(every), 0, 3600));
            using var upstream = new UpstreamView(paths.UpstreamSocket);
            var runner = new ClientRunner(paths, upstream);
            try
            {
                for (var turn = 0; ; turn++)
                {
                    var client = LabClients.All[turn % LabClients.All.Count];
                    var result = await runner.RunAsync(client, cancellation);
                    Console.WriteLine($"{client.Name,-22} {(result.Ok ? "ok" : "FAILED"),-6} {result.Milliseconds,6} ms  {(result.Ok ? "" : result.Detail)}");
                    await Task.Delay(pause, cancellation);
                }
            }
            catch (OperationCanceledException)
            {
                return ExitCodes.Ok;
            }
        });
        return command;
    }

    private static IEnumerable<LabClient> Select(string[] names) => names is ["all"] ? LabClients.All : names.Select(LabClients.Named);
}
