using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AktoDivert.Console.Calls;
using AktoDivert.Console.Traffic;
using AktoDivert.Core.Wire;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>What the graph above Traffic's tables shows, and what the page asks of the database for it and the table.</summary>
[TestClass]
public sealed class TimelineTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Calls_and_flows_are_counted_by_time_and_app_as_the_filter_says(bool onPostgres)
    {
        await using var console = onPostgres ? await RunningConsole.StartOnPostgresAsync() : await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();
        using var viewer = await console.RoleAsync("viewer");
        await UploadAsync(device, Call("1", -10, "codex"), Call("2", -200, "codex"), Call("3", -200, "cursor"), Call("4", -3000, "codex"));
        using var report = await device.PostAsJsonAsync("api/agent/flows", new FlowReport("label", "alice", [Flow("1", -10), Flow("2", -90)]), WireJson.Default.FlowReport);
        report.EnsureSuccessStatusCode();

        foreach (var (path, q, step, counts) in new[]
        {
            ("calls", "since:1d", 1_800_000, "codex 2, cursor 1"), ("calls", "app:codex since:5h", 300_000, "codex 2"), ("calls", "app:codex until:1d", 1_800_000, "codex 1"),
            ("calls", "app:nobody", 60_000, ""), ("flows", "since:1h", 60_000, "codex-cli 1"), ("flows", "process:codex since:2h", 120_000, "codex-cli 2"), ("flows", "-process:codex", 60_000, ""),
        })
        {
            var timeline = await viewer.GetFromJsonAsync<JsonElement>($"api/admin/{path}/timeline?q={Uri.EscapeDataString(q)}", TestContext.CancellationToken);
            Assert.AreEqual(counts, string.Join(", ", timeline.GetProperty("apps").EnumerateArray().Select(a =>
                $"{a.GetProperty("app").GetString()} {a.GetProperty("counts").EnumerateArray().Sum(c => c.GetInt32())}")), q);
            Assert.AreEqual(step, timeline.GetProperty("stepMs").GetInt32(), q);
        }

        using var wrong = await viewer.GetAsync("api/admin/calls/timeline?q=colour:red", TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Where_the_filter_finds_many_only_the_newest_of_its_time_are_looked_at(bool onPostgres)
    {
        await using var console = onPostgres ? await RunningConsole.StartOnPostgresAsync() : await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();
        await UploadAsync(device, Call("1", -50, "codex"), Call("2", -40, "codex"), Call("3", -30, "cursor"), Call("4", -20, "codex"), Call("5", -10, "codex"));
        var calls = console.Host.Services.GetRequiredService<CallQuery>();

        foreach (var (times, count, counted, left) in new[]
        {
            ("", CallQuery.MostCounted, 1, (int?)-20), ("until:15m", CallQuery.MostCounted, 1, -40), ("until:35m", CallQuery.MostCounted, 2, null), ("", 4, 4, null),
        })
        {
            var found = await calls.TimesAsync(
                CallFilter.Parse($"app:codex {times}", Now), CallFilter.Parse(times, Now), count, Timeline.Second, most: times.Length > 0 ? 2 : 1, TestContext.CancellationToken);
            Assert.AreEqual(counted, found.Counts.Sum(c => c.Count), times);
            Assert.AreEqual(left is { } minutes ? Now.AddMinutes(minutes).ToUnixTimeMilliseconds() : (long?)null, found.LeftMs, times);
        }
    }

    [TestMethod]
    public async Task The_page_counts_its_filter_once()
    {
        var user = $"u{Guid.NewGuid():N}";
        // Before the first command: whether anybody listens is remembered for a while.
        using var commands = new Commands(user);
        await using var console = await RunningConsole.StartOnPostgresAsync();
        using var device = await console.DeviceAsync();
        var call = Call("1", -10, "codex");
        await UploadAsync(device, call with { Audit = call.Audit! with { User = user } });
        using var signedIn = await console.Anonymous.GetAsync(await console.Host.CreateSignInLinkAsync(), TestContext.CancellationToken);
        using var person = console.Client();
        person.DefaultRequestHeaders.Add("cookie", signedIn.Headers.GetValues("set-cookie").Single().Split(';')[0]);

        var page = await person.GetStringAsync($"traffic?q=user:{user}", TestContext.CancellationToken);

        StringAssert.Contains(page, "Calls over time");
        Assert.AreEqual("count, graph, rows", string.Join(", ", commands.Texts.Select(Kind).Order()), string.Join('\n', commands.Texts));

        static string Kind(string command) => command.Contains("GROUP BY", StringComparison.Ordinal) ? "graph" : command.StartsWith("SELECT count(", StringComparison.Ordinal) ? "count" : "rows";
    }

    private async Task UploadAsync(HttpClient device, params IngestRecord[] records)
    {
        using var answer = await device.PostAsJsonAsync("api/ingestData", new IngestBatch(records), WireJson.Default.IngestBatch, TestContext.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static IngestRecord Call(string id, double minutes, string app) => Records.Record(id, app: app) is var record
        ? record with { Audit = record.Audit! with { StartUnixMilliseconds = Now.AddMinutes(minutes).ToUnixTimeMilliseconds() } }
        : record;

    private static FlowRecord Flow(string id, double minutes) => new()
    {
        Id = id, Started = Now.AddMinutes(minutes), Pid = 77, Process = "codex", Path = "/usr/bin/codex", App = "codex-cli", Host = "api.openai.com", Destination = "192.0.2.1:443",
        Class = "Tls", Action = "Intercept", Source = "AiDomain", Rule = ".openai.com", Reason = "because",
    };

    /// <summary>The commands that databases of this process get with a list that holds a text.</summary>
    private sealed class Commands : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly string _parameter;
        private readonly List<IDisposable> _subscriptions = [];
        private readonly ConcurrentQueue<string> _texts = new();

        public Commands(string parameter)
        {
            _parameter = parameter;
            _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
        }

        public IReadOnlyCollection<string> Texts => _texts;

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.EntityFrameworkCore")
            {
                _subscriptions.Add(value.Subscribe(this));
            }
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Value is CommandExecutedEventData executed && executed.Command.Parameters.Cast<DbParameter>().Any(p => p.Value is IEnumerable<string> list && list.Contains(_parameter)))
            {
                _texts.Enqueue(executed.Command.CommandText);
            }
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose() => _subscriptions.ForEach(s => s.Dispose());
    }
}
