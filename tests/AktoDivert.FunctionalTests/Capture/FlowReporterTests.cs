using System.Net;
using AktoDivert.Capture;
using AktoDivert.Capture.Fleet;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;
using AktoDivert.Core.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.FunctionalTests.Capture;

/// <summary>Flows on their way to a console over real HTTP.</summary>
[TestClass]
public sealed class FlowReporterTests
{
    private static readonly FlowReportOptions Quick = new()
    {
        Interval = TimeSpan.FromMilliseconds(5), Refresh = TimeSpan.FromMilliseconds(20), BackoffFirst = TimeSpan.FromMilliseconds(5), BackoffMost = TimeSpan.FromMilliseconds(10),
    };

    private readonly AgentCounters _counters = new();

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task A_flow_is_reported_when_decided_while_it_grows_and_when_it_ends()
    {
        await using var console = await FakeConsole.StartAsync();
        await RunAsync(console, Quick, async reporter =>
        {
            var flow = Decided(1);
            reporter.Classified(flow);
            await UntilAsync(console, f => f is { Id: "1", Ended: null, Action: "Intercept", Source: "AiDomain", Rule: ".openai.com", Process: "codex", Pid: 77 });
            flow.AddBytesDown(4096);
            await UntilAsync(console, f => f is { Id: "1", Ended: null, BytesDown: 4096 });
            End(flow);
            reporter.Ended(flow);
            await UntilAsync(console, f => f is { Id: "1", Ended: not null, End: "Completed" });
        });

        Assert.AreEqual(("laptop-alice", "alice"), (console.Flows.First().Device, console.Flows.First().User));
    }

    [TestMethod]
    public async Task A_process_that_is_not_selected_is_not_reported()
    {
        await using var console = await FakeConsole.StartAsync();
        await RunAsync(console, Quick, async reporter =>
        {
            reporter.Classified(Decided(1, selected: false));
            reporter.Classified(Decided(2));
            await UntilAsync(console, f => f.Id == "2");
        });

        Assert.IsFalse(console.Flows.SelectMany(r => r.Flows).Any(f => f.Id == "1"));
    }

    [TestMethod]
    [DataRow(503)]
    [DataRow(429)]
    public async Task What_the_console_does_not_take_now_waits_bounded_and_counted(int status)
    {
        await using var console = await FakeConsole.StartAsync();
        console.JudgeFlows = _ => status;
        await RunAsync(console, Quick with { MostWaiting = 10 }, async reporter =>
        {
            for (ulong id = 1; id <= 25; id++)
            {
                var flow = Decided(id);
                reporter.Classified(flow);
                End(flow);
                reporter.Ended(flow);
                await console.UntilAsync(() => _counters["flows.failed.attempt"] > 0, TestContext.CancellationToken);
            }

            // 25 flows that ended, room for 10: whichever bound met them, 15 are counted.
            await console.UntilAsync(() => Dropped() >= 15, TestContext.CancellationToken);
            console.JudgeFlows = _ => 200;
            await UntilAsync(console, f => f is { Id: "25", Ended: not null });
        });

        Assert.IsGreaterThan(0, _counters["flows.sent"]);
        Assert.IsLessThanOrEqualTo(10, console.Flows.Max(r => r.Flows.Count));
    }

    [TestMethod]
    public async Task A_report_that_is_too_large_is_sent_in_parts()
    {
        await using var console = await FakeConsole.StartAsync();
        console.JudgeFlows = report => report.Flows.Count > 3 ? 413 : 200;
        await RunAsync(console, Quick, async reporter =>
        {
            for (ulong id = 1; id <= 20; id++)
            {
                reporter.Classified(Decided(id));
            }

            await console.UntilAsync(() => _counters["flows.sent"] >= 20, TestContext.CancellationToken);
        });

        Assert.AreEqual(0, Dropped());
        CollectionAssert.IsSubsetOf(
            Enumerable.Range(1, 20).Select(i => $"{i}").ToList(), console.Flows.Where(r => r.Flows.Count <= 3).SelectMany(r => r.Flows).Select(f => f.Id).ToList());
    }

    [TestMethod]
    public async Task Flows_that_end_with_the_agent_are_reported_ended()
    {
        await using var console = await FakeConsole.StartAsync();
        var flow = Decided(9);
        await RunAsync(console, Quick with { Refresh = TimeSpan.FromHours(1), Interval = TimeSpan.FromHours(1) }, async reporter =>
        {
            reporter.Classified(flow);
            await UntilAsync(console, f => f is { Id: "9", Ended: null });
            End(flow);
            reporter.Ended(flow);
        });

        Assert.IsTrue(console.Flows.SelectMany(r => r.Flows).Any(f => f is { Id: "9", Ended: not null }));
    }

    private long Dropped() => _counters["flows.dropped.queue-full"] + _counters["flows.dropped.backlog-full"] + _counters["flows.dropped.refused"];

    private Task UntilAsync(FakeConsole console, Func<FlowRecord, bool> reported) =>
        console.UntilAsync(() => console.Flows.SelectMany(r => r.Flows).Any(reported), TestContext.CancellationToken);

    private async Task RunAsync(FakeConsole console, FlowReportOptions options, Func<FlowReporter, Task> run)
    {
        using var directory = new Console.TemporaryDirectory();
        using var client = new ConsoleClient(console.ClientOptions, new TokenSource(Path.Combine(directory.Path, "token"), null), TimeProvider.System);
        using var reporter = new FlowReporter(
            client, new DeviceIdentity("id", "laptop-alice", "alice", "linux"), options, _counters, TimeProvider.System, Random.Shared, NullLogger<FlowReporter>.Instance);
        await reporter.StartAsync(TestContext.CancellationToken);
        await run(reporter);
        await reporter.StopAsync(TestContext.CancellationToken);
    }

    private static Flow Decided(ulong id, bool selected = true) => new(
        new RedirectedFlow(id, new IPEndPoint(IPAddress.Loopback, 443), new ProcessIdentity { Pid = 77, Name = "codex" }, selected), TimeProvider.System.GetUtcNow())
    {
        Decision = new PolicyDecision(InterceptAction.Intercept, RuleSource.AiDomain, ".openai.com", "an AI domain"),
    };

    private static void End(Flow flow) => (flow.EndReason, flow.Ended) = (ConnectionEndReason.Completed, TimeProvider.System.GetUtcNow());
}
