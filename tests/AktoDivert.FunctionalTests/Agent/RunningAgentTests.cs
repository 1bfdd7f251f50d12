using System.Collections;
using System.Diagnostics;
using System.Text.Json;
using AktoDivert.Agent;
using AktoDivert.Agent.Commands;

namespace AktoDivert.FunctionalTests.Agent;

/// <summary>The whole agent, composed as it ships but for the redirect, started and stopped through its commands.</summary>
[TestClass]
public sealed class RunningAgentTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task An_agent_starts_answers_takes_a_change_and_stops_within_five_seconds()
    {
        var folder = Directory.CreateTempSubdirectory("aktodivert-agent-").FullName;
        try
        {
            var config = Path.Combine(folder, "config.json");
            await File.WriteAllTextAsync(
                config,
                $$"""{ "stateDirectory": "{{folder}}/state", "controlSocket": "{{folder}}/c.sock", "redirect": { "engine": "none" }, "logLevel": "error" }""",
                TestContext.CancellationToken);
            using var stop = new CancellationTokenSource();
            var running = RunAsync(["run", "--config", config], stop.Token);

            using var status = await WhenAnsweredAsync(["status", "--json", "--config", config], running);
            Assert.AreEqual("Stopped", status.RootElement.GetProperty("engine").GetProperty("state").GetString());
            Assert.AreNotEqual(0, status.RootElement.GetProperty("engine").GetProperty("listener")[0].GetInt32());
            Assert.AreEqual(1, status.RootElement.GetProperty("authority").GetProperty("generation").GetInt32());

            var second = await RunAsync(["run", "--config", config], TestContext.CancellationToken);
            Assert.AreEqual(ExitCode.AlreadyRunning, second.Code, second.Error);

            Assert.AreEqual(ExitCode.Done, (await RunAsync(["patterns", "add", "live.example", "--config", config], TestContext.CancellationToken)).Code);
            var explained = await RunAsync(["explain", "claude", "live.example", "--config", config], TestContext.CancellationToken);
            StringAssert.Contains(explained.Out, "2 proxy patterns         decides: live.example");

            var stopping = Stopwatch.StartNew();
            await stop.CancelAsync();
            Assert.AreEqual(ExitCode.Done, (await running.WaitAsync(Limit, TestContext.CancellationToken)).Code);
            Assert.IsLessThan(5.0, stopping.Elapsed.TotalSeconds);
            Assert.IsFalse(File.Exists(Path.Combine(folder, "c.sock")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<JsonDocument> WhenAnsweredAsync(string[] args, Task<(int Code, string Out, string Error)> running)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Limit && !running.IsCompleted)
        {
            var answer = await RunAsync(args, CancellationToken.None);
            if (answer.Code == ExitCode.Done)
            {
                return JsonDocument.Parse(answer.Out);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        throw new AssertFailedException(running.IsCompleted ? $"the agent ended: {await running}" : "the agent never answered");
    }

    private static async Task<(int Code, string Out, string Error)> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        IDictionary environment = new Dictionary<string, string>();
        var code = await AgentProgram.RunAsync(args, new AgentConsole(output, error, isTerminal: false) { Environment = environment, IsPrivileged = true }, cancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
