using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using AktoDivert.Agent.Benchmarking;
using AktoDivert.Agent.Control;

namespace AktoDivert.Agent.Commands;

/// <summary><c>bench</c>.</summary>
internal static class BenchCommand
{
    private const string ProxyPart = "proxy";
    private const string UpstreamPart = "upstream";

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        // The parts that it starts itself as in processes of their own, so that the kernel tells their CPU times apart.
        var part = new Option<string?>("--part") { Hidden = true };
        var folder = new Option<string?>("--folder") { Hidden = true };
        var upstream = new Option<int>("--upstream") { Hidden = true };
        var state = new Option<string?>("--state") { Hidden = true };
        var records = new Option<Uri?>("--records") { Hidden = true, CustomParser = result => new Uri(result.Tokens.Single().Value) };
        var command = new AgentCommand("bench", "Measure in half a minute what interception costs on this machine. Needs no root and no running agent, changes nothing, sends nothing.", """
            aktodivert bench
            aktodivert bench --json
            """)
        { part, folder, upstream, state, records };
        command.SetAction(async (parse, cancellationToken) =>
        {
            switch (parse.GetValue(part))
            {
                case ProxyPart:
                    await new BenchmarkProxy(parse.GetValue(folder)!, parse.GetValue(upstream), context.Console)
                    {
                        StateName = parse.GetValue(state),
                        ConsoleUrl = parse.GetValue(records),
                    }.RunAsync(cancellationToken);
                    break;
                case UpstreamPart:
                    await ServeAsync(parse.GetValue(folder)!, context.Console, cancellationToken);
                    break;
                default:
                    Write(context.Console, await MeasureAsync(context.Console.Time, cancellationToken), parse.GetValue(context.Json));
                    break;
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<IReadOnlyList<BenchmarkRow>> MeasureAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("aktodivert-bench-").FullName;
        try
        {
            BenchmarkCertificates.Write(folder, time);
            await using var records = await BenchmarkConsole.StartAsync();
            using var upstream = await StartAsync(folder, [UpstreamPart], cancellationToken);
            using var proxy = await StartAsync(
                folder,
                [ProxyPart, "--upstream", upstream.Port.ToString(CultureInfo.InvariantCulture), "--records", records.Address.AbsoluteUri],
                cancellationToken);
            X509Certificate2Collection roots =
            [
                X509CertificateLoader.LoadCertificateFromFile(BenchmarkCertificates.RootFile(folder)),
                X509CertificateLoader.LoadCertificateFromFile(BenchmarkProxy.DeviceRootFile(folder)),
            ];
            return await new SelfBenchmark(upstream, proxy, roots).RunAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is InvalidOperationException or HttpRequestException)
        {
            throw new CommandException(ExitCode.Failed, $"the benchmark could not run: {fault.Message}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<BenchmarkProcess> StartAsync(string folder, string[] part, CancellationToken cancellationToken) =>
        BenchmarkProcess.StartAsync(Environment.ProcessPath!, ["bench", "--folder", folder, "--part", .. part], cancellationToken);

    private static async Task ServeAsync(string folder, AgentConsole console, CancellationToken cancellationToken)
    {
        var (server, port) = await BenchmarkUpstream.StartAsync(folder);
        await using (server)
        {
            console.WriteLine($"READY {port}");
            console.Out.Flush();
            await console.In.ReadToEndAsync(cancellationToken);
        }
    }

    private static void Write(AgentConsole console, IReadOnlyList<BenchmarkRow> rows, bool json)
    {
        if (json)
        {
            console.WriteJson(rows, ControlJson.Default.IReadOnlyListBenchmarkRow);
            return;
        }

        console.WriteTable(
            ["what", "unit", "direct", "intercepted", "added"],
            [.. rows.Select(row => new[] { row.Work, row.Unit, Text(row.Direct), Text(row.Intercepted), Text(row.Added) })],
            "");
    }

    private static string Text(double? figure) => figure?.ToString(Math.Abs(figure.Value) < 10 ? "0.00" : "0", CultureInfo.InvariantCulture) ?? "";
}
