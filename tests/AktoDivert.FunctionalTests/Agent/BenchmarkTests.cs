using System.Security.Cryptography.X509Certificates;
using AktoDivert.Agent.Benchmarking;
using AktoDivert.Agent.Commands;

namespace AktoDivert.FunctionalTests.Agent;

/// <summary>The parts of <c>aktodivert bench</c>, in one process instead of three.</summary>
[TestClass]
public sealed class BenchmarkTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [Timeout(60_000)]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task What_the_self_benchmark_measures_is_intercepted_recorded_and_uploaded(string version)
    {
        var folder = Directory.CreateTempSubdirectory("aktodivert-bench-").FullName;
        try
        {
            BenchmarkCertificates.Write(folder, TimeProvider.System);
            var (server, upstream) = await BenchmarkUpstream.StartAsync(folder);
            await using (server)
            await using (var records = await BenchmarkConsole.StartAsync())
            using (var commands = new LineQueue())
            using (var answers = new LineQueue())
            {
                var console = new AgentConsole(answers.Writer, TextWriter.Null, isTerminal: false) { In = commands.Reader };
                var running = new BenchmarkProxy(folder, upstream, console) { ConsoleUrl = records.Address }.RunAsync(TestContext.CancellationToken);
                var ready = (await answers.Reader.ReadLineAsync(TestContext.CancellationToken))!.Split(' ');
                Assert.AreEqual("READY", ready[0]);

                // Only the device CA is trusted: a call that was not intercepted fails.
                var roots = new X509Certificate2Collection(X509CertificateLoader.LoadCertificateFromFile(BenchmarkProxy.DeviceRootFile(folder)));
                using (var client = new BenchmarkClient(int.Parse(ready[1]), roots, Version.Parse(version)))
                {
                    await client.CallAsync(TestContext.CancellationToken);
                    await client.DownloadAsync(100_000, TestContext.CancellationToken);
                }

                while (true)
                {
                    commands.Writer.WriteLine(BenchmarkStat.Command);
                    var stat = BenchmarkStat.Parse((await answers.Reader.ReadLineAsync(TestContext.CancellationToken))!);
                    if (stat is { Recorded: 2, Waiting: 0 })
                    {
                        break;
                    }

                    await Task.Delay(10, TestContext.CancellationToken);
                }

                commands.Complete();
                await running.WaitAsync(TimeSpan.FromSeconds(20), TestContext.CancellationToken);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
