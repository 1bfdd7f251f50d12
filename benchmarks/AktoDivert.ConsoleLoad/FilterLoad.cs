using System.Diagnostics;
using System.Globalization;
using AktoDivert.Console.Calls;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Traffic;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.ConsoleLoad;

/// <summary>Stores calls, then times what the pages ask: the first page of a filter, its count, and its graph.</summary>
internal static class FilterLoad
{
    private const int Step = 2000;
    private const int Page = 50;
    private static readonly Actor Who = new("load", Roles.Analyst);
    private static readonly TimeSpan Goal = TimeSpan.FromMilliseconds(300);

    /// <summary>Each field of docs/console.md at least once, with much, little and nothing to find.</summary>
    private static readonly string[] Filters =
    [
        "", "app:codex", "app=codex", "app:codex,cursor", "-app:codex", "app:nobody", "host:.anthropic.com", "host:api.*", "host=api.openai.com", "host=nowhere.example",
        "model:opus", "model:nothing", "user=user17", "user:17", "device=laptop-42", "device:none", "status:429", "status:4xx", "status:400..499", "status:503",
        "tokens>4000", "tokens>100k", "duration>9s", "duration>1h", "ttfb>990ms", "ttfb>1h", "bytes>3000", "bytes>1MB", "verdict:block", "verdict:redact", "findings>0",
        "since:2h", "since:2h until:today", "since:7d app:codex", "until:2020-01-01", "session=c12345", "session:c1234", "session=nothing", "provider:anthropic", "provider:nobody", "tools>0",
        "process=codex", "process:nothing", "path:/v1/", "path:/nothing", "method=POST", "method=PUT", "protocol:HTTP/2", "protocol:HTTP/3", "rule:AiDomain", "rule:ProxyPattern",
        "decrypt:intercepted", "decrypt:opaque", "pid=4321", "pid=99999", "flow=f123456/1", "flow:f12345", "flow:nothing", "is:error", "is:incomplete", "is:websocket", "is:prompt",
        "host:api.openai.com monad", "app:claude-code refactor", "needle", "nowhere-to-be-found", "user17", "429", "42",
        "app:claude host:*.anthropic.com verdict:block tokens>4000 since:7d",
    ];

    public static async Task<int> RunAsync(int calls)
    {
        await using var console = await LoadedConsole.StartAsync();
        var (intake, commit) = (console.Host.Services.GetRequiredService<CallIntake>(), console.Host.Services.GetRequiredService<CallCommit>());
        var now = DateTimeOffset.UtcNow;
        var began = Stopwatch.GetTimestamp();
        for (var done = 0; done < calls; done += Step)
        {
            await commit.StoreAsync(
                [.. Enumerable.Range(done, Math.Min(Step, calls - done)).Select(n => intake.Read(SampleRecords.Make(n, now.ToUnixTimeMilliseconds(), 2500), $"agent-{n % 500}", now)!)],
                CancellationToken.None);
        }

        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{calls} calls stored in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
        return await MeasureAsync(console);
    }

    /// <summary>Times the filters on a database that is there already.</summary>
    public static async Task<int> RunAsync(string database, string data)
    {
        var began = Stopwatch.GetTimestamp();
        await using var console = await LoadedConsole.StartAsync(database, data);
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"started, and its indexes ready, after {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
        return await MeasureAsync(console);
    }

    private static async Task<int> MeasureAsync(LoadedConsole console)
    {
        await console.AnalyzeAsync();
        var (query, timelines) = (console.Host.Services.GetRequiredService<CallQuery>(), console.Host.Services.GetRequiredService<TimelineQuery>());
        var now = DateTimeOffset.UtcNow;
        var slow = 0;
        foreach (var text in Filters)
        {
            var filter = CallFilter.Parse(text, now, promptsOnly: true);
            var (list, rows) = await TimeAsync(async () => (await query.NewestAsync(filter, 0, Page, Who, CancellationToken.None)).Count);
            var (count, total) = await TimeAsync(() => query.CountAsync(filter, CancellationToken.None));
            var (graph, columns) = await TimeAsync(async () => (await timelines.CallsAsync(text, promptsOnly: true, total, CancellationToken.None)).Columns);
            slow += list.Best > Goal || count.Best > Goal || graph.Best > Goal ? 1 : 0;
            System.Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{(text.Length == 0 ? "(all)" : text),-32} page {Text(list)} ms ({rows})   count {Text(count)} ms ({total})   graph {Text(graph)} ms ({columns})"));
        }

        return slow == 0 ? 0 : 1;
    }

    /// <summary>Best and median of seven runs after one: the best is what it takes when no other program wants the processor.</summary>
    private static async Task<((TimeSpan Best, TimeSpan Median) Took, T Result)> TimeAsync<T>(Func<Task<T>> ask)
    {
        var result = await ask();
        var times = new List<TimeSpan>();
        for (var i = 0; i < 7; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await ask();
            times.Add(Stopwatch.GetElapsedTime(began));
        }

        times.Sort();
        return ((times[0], times[3]), result);
    }

    private static string Text((TimeSpan Best, TimeSpan Median) took) =>
        string.Create(CultureInfo.InvariantCulture, $"{took.Best.TotalMilliseconds,5:0} ({took.Median.TotalMilliseconds:0})");
}
