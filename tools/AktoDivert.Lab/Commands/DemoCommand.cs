using System.CommandLine;
using AktoDivert.Lab.Check;
using AktoDivert.Lab.Clients;
using AktoDivert.Lab.Demo;

namespace AktoDivert.Lab.Commands;

/// <summary>What run.sh starts: console, lab and agent together; once without a person with <c>--check</c>.</summary>
internal static class DemoCommand
{
    private static readonly Option<string> Agent = new("--agent") { Description = "Path of aktodivert.", Required = true };

    private static readonly Option<string> ConsoleProgram = new("--console") { Description = "Path of aktodivert-console.", Required = true };

    private static readonly Option<int> Port = new("--port") { Description = "Port of the console on 127.0.0.1.", DefaultValueFactory = _ => 7070 };

    private static readonly Option<bool> Check = new("--check")
    {
        Description = "Let each client make its calls once, print a table, end with 0 only if every cell is right.",
    };

    private static readonly Option<double> Every = new("--every") { Description = "Seconds between two clients.", DefaultValueFactory = _ => 10 };

    public static Command Create()
    {
        var command = new Command("demo", "Starts console, lab and agent, and lets the clients make calls until Ctrl+C.") { Agent, ConsoleProgram, Port, Check, Every };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var paths = LabOptions.Read(parsed);
        var programs = new DemoPrograms(Path.GetFullPath(parsed.GetValue(Agent)!), Path.GetFullPath(parsed.GetValue(ConsoleProgram)!), parsed.GetValue(Port));
        Preflight.RequireTools();
        Say("installing the client programs");
        await ClientPrograms.InstallAsync(paths, cancellation);
        try
        {
            await using var demo = await DemoInstance.StartAsync(paths, programs, Say, cancellation);
            return parsed.GetValue(Check) ? await CheckAsync(paths, demo, cancellation) : await ShowAsync(paths, demo, TimeSpan.FromSeconds(parsed.GetValue(Every)), cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCodes.Ok;
        }
    }

    private static async Task<int> CheckAsync(LabPaths paths, DemoInstance demo, CancellationToken cancellation)
    {
        using var source = new AgentAndConsole(demo.AgentSocket, demo.ConsoleAddress, demo.AdminToken);
        using var upstream = new UpstreamView(paths.UpstreamSocket);
        var check = new LabCheck(source, new ClientRunner(paths, upstream).RunAsync, TimeProvider.System, TimeSpan.FromSeconds(30));
        var rows = await check.RunAsync(LabClients.All, client => Say($"{client.Name}: {client.About}"), cancellation);
        LabTable.Write(CheckTable.Render(rows));
        Console.WriteLine($"{rows.Count(row => row.IsRight)} of {rows.Count} clients right");
        return rows.All(row => row.IsRight) ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static async Task<int> ShowAsync(LabPaths paths, DemoInstance demo, TimeSpan every, CancellationToken cancellation)
    {
        Console.WriteLine($"""

            AktoDivert runs.
              console   {demo.ConsoleAddress.GetLeftPart(UriPartial.Authority)}
              sign in   {demo.SignInLink}   (works once)
              lab       {LabClients.All.Count} client programs take turns, one every {every.TotalSeconds:0} s: see Calls in the console
              stop      Ctrl+C; it removes everything it made

            """);
        using var upstream = new UpstreamView(paths.UpstreamSocket);
        var runner = new ClientRunner(paths, upstream);
        var ended = demo.WaitForEndAsync(cancellation);
        for (var next = 0; !ended.IsCompleted; next = (next + 1) % LabClients.All.Count)
        {
            var client = LabClients.All[next];
            var result = await runner.RunAsync(client, cancellation);
            Console.WriteLine($"{DateTimeOffset.Now:HH:mm:ss} {client.Name,-22} {client.Host,-26} {(result.Ok ? "ok" : result.Detail)}");
            await Task.WhenAny(ended, Task.Delay(every, cancellation));
        }

        cancellation.ThrowIfCancellationRequested();
        throw new LabException("A part of the lab ended by itself.");
    }

    private static void Say(string step) => Console.WriteLine($"- {step}");
}
