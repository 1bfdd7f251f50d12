using System.Net;
using System.Net.Http.Json;
using AktoDivert.Console.Overview;
using AktoDivert.Console.Storage;
using AktoDivert.Console.Traffic;
using AktoDivert.Core.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>Flows as agents report them: stored, followed to their end, summed by hour and found again.</summary>
[TestClass]
public sealed class FlowTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task A_flow_is_one_row_from_its_decision_to_its_end_and_counts_once(bool onPostgres)
    {
        await using var console = onPostgres ? await RunningConsole.StartOnPostgresAsync() : await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();
        var flow = Flow("1") with { BytesUp = 10 };

        await ReportAsync(device, flow);
        await ReportAsync(device, flow with { BytesUp = 500, BytesDown = 1000 }, Flow("2", "chat.example", "Passthrough", "Default", ""));
        await ReportAsync(device, flow with { BytesUp = 700, BytesDown = 9000, Ended = Now.AddSeconds(3), End = "Completed" });

        // A report whose answer was lost comes again, late: the end stays.
        await ReportAsync(device, flow with { BytesUp = 500, BytesDown = 1000 });
        var rows = await ListAsync(console, "");
        Assert.AreEqual(2, rows.Count);
        var first = rows.Single(r => r.Id == "1");
        Assert.AreEqual((700L, 9000L, "Completed", 3000d), (first.BytesUp, first.BytesDown, first.End, first.DurationMs));
        Assert.AreEqual(("intercepted", "AiDomain .openai.com", "label", "alice"), (first.Decrypt, first.Rule, first.Device, first.User));
        var sums = (await SumsAsync(console)).Where(s => s.Host == "api.openai.com").ToList();
        Assert.AreEqual((1L, 700L, 9000L), (sums.Sum(s => s.Flows), sums.Sum(s => s.BytesUp), sums.Sum(s => s.BytesDown)));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task A_flow_that_fails_after_its_decision_counts_as_failed_only(bool onPostgres)
    {
        await using var console = onPostgres ? await RunningConsole.StartOnPostgresAsync() : await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();

        await ReportAsync(device, Flow("1"));
        await ReportAsync(device, Flow("1") with { Ended = Now, End = "AppRefusedCertificate", EndDetail = "alert 48" });
        await ReportAsync(device, Flow("2", "api.openai.com", "Passthrough", "LearnedPassthrough", "codex api.openai.com"));

        CollectionAssert.AreEquivalent(
            new[] { "failed 1", "pinned 1" }, (await SumsAsync(console)).Where(s => s.Flows != 0).Select(s => $"{s.Class} {s.Flows}").ToList());
        var shares = Coverage.Of(await console.Host.Services.GetRequiredService<OverviewQuery>().FlowsAsync(0, TestContext.CancellationToken), []);
        Assert.AreEqual("Pinned 1, Failed 1", string.Join(", ", shares.Where(s => s.Flows > 0).Select(s => $"{s.Name} {s.Flows}")));
        var tree = await console.Host.Services.GetRequiredService<TrafficTree>().ReadAsync(TestContext.CancellationToken);
        var host = tree.Single().Children.Single().Children.Single().Children.Single();
        Assert.AreEqual(("api.openai.com", 2L, "failed", false), (host.Name, host.Flows, host.Treatment, host.HasCalls));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task The_filter_of_calls_finds_flows_and_names_what_only_calls_have(bool onPostgres)
    {
        await using var console = onPostgres ? await RunningConsole.StartOnPostgresAsync() : await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();
        await ReportAsync(
            device,
            Flow("1") with { BytesDown = 5000, Started = Now.AddMinutes(-30), Ended = Now },
            Flow("2", "mail.example.org", "Passthrough", "Default", "") with { Pid = 9, Process = "thunderbird", App = "" },
            Flow("3", "1.2.3.4", "Passthrough", "Unsupported", ""));

        foreach (var (filter, ids) in new[]
        {
            ("host:.openai.com", "1"), ("decrypt:passed", "2"), ("decrypt:undecryptable,intercepted", "1 3"), ("-decrypt:intercepted", "2 3"), ("pid:9", "2"),
            ("bytes>4k", "1"), ("duration>10m", "1"), ("since:5m", "2 3"), ("rule:Default", "2"), ("THUNDER", "2"), ("app:codex process:codex", "1 3"), ("flow=3", "3"), ("device:label", "1 2 3"),
        })
        {
            Assert.AreEqual(ids, string.Join(' ', (await ListAsync(console, filter)).Select(r => r.Id).Order()), filter);
        }

        var errors = FlowFilter.Parse("host:a status:4xx tokens>3 colour:red", Now).Errors;
        CollectionAssert.AreEquivalent(new[] { "status", "tokens", "colour" }, errors.Select(e => e.Message.Split(' ', ':', '"').First(w => w is "status" or "tokens" or "colour")).ToList());
    }

    [TestMethod]
    public async Task Nothing_is_kept_of_an_app_of_which_nothing_is_to_be_kept()
    {
        await using var console = await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();
        using var admin = await console.AdminAsync();
        (await admin.PutAsJsonAsync("api/admin/apps/codex-cli", new { state = "Tolerated", kept = "None" })).EnsureSuccessStatusCode().Dispose();

        await ReportAsync(device, Flow("1"), Flow("2", "claude.ai") with { App = "claude-code" });

        Assert.AreEqual("2", (await ListAsync(console, "")).Single().Id);
    }

    [TestMethod]
    [DataRow("{}")]
    [DataRow("""{"flows":[null]}""")]
    [DataRow("""{"flows":[{"started":"yesterday"}]}""")]
    [DataRow("[]")]
    [DataRow("null")]
    public async Task What_is_no_report_is_refused_and_says_why(string body)
    {
        await using var console = await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();

        using var answer = await device.PostAsync("api/agent/flows", new StringContent(body));

        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        StringAssert.Contains(await answer.Content.ReadAsStringAsync(TestContext.CancellationToken), "actionErrors");
    }

    [TestMethod]
    public async Task Null_members_count_as_empty()
    {
        await using var console = await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();

        using var answer = await device.PostAsync(
            "api/agent/flows", new StringContent("""{"device":null,"flows":[{"id":null,"app":null,"process":null,"host":null,"action":null,"rule":null,"reason":null,"destination":null}]}"""));

        answer.EnsureSuccessStatusCode();
        Assert.AreEqual(("", "passed"), ((await ListAsync(console, "")).Single().Host, (await ListAsync(console, "")).Single().Decrypt));
    }

    private static FlowRecord Flow(string id, string host = "api.openai.com", string action = "Intercept", string source = "AiDomain", string rule = ".openai.com") => new()
    {
        Id = id, Started = Now, Pid = 77, Process = "codex", Path = "/usr/bin/codex", App = "codex-cli", Host = host, Destination = "192.0.2.1:443", Class = "Tls",
        Action = action, Source = source, Rule = rule, Reason = "because",
    };

    private static async Task ReportAsync(HttpClient device, params FlowRecord[] flows)
    {
        using var answer = await device.PostAsJsonAsync("api/agent/flows", new FlowReport("label", "alice", flows), WireJson.Default.FlowReport);
        answer.EnsureSuccessStatusCode();
    }

    private Task<List<FlowRow>> ListAsync(RunningConsole console, string filter) =>
        console.Host.Services.GetRequiredService<FlowQuery>().ListAsync(FlowFilter.Parse(filter, TimeProvider.System.GetUtcNow()), "", true, 0, 50, TestContext.CancellationToken);

    private async Task<List<TrafficRow>> SumsAsync(RunningConsole console)
    {
        await using var db = await console.Host.Services.GetRequiredService<IDbContextFactory<ConsoleDb>>().CreateDbContextAsync(TestContext.CancellationToken);
        return await db.Traffic.AsNoTracking().ToListAsync(TestContext.CancellationToken);
    }
}
