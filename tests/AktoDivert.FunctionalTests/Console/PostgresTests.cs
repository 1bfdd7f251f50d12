using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AktoDivert.Console.Calls;
using AktoDivert.Console.Devices;
using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>The console on a real PostgreSQL server.</summary>
[TestClass]
public sealed class PostgresTests
{
    private static readonly string[] Distributed = ["Calls", "CallContents", "Violations", "AppSightings", "EndpointSightings", "ToolSightings", "Traffic", "Flows", "Presences"];
    private static readonly Actor Analyst = new("ann", Roles.Analyst);

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task The_migrated_schema_is_the_models()
    {
        await using var migrated = NpgsqlDataSource.Create(await Postgres.DatabaseAsync());
        await using var created = NpgsqlDataSource.Create(await Postgres.DatabaseAsync());
        await using (var db = Open(migrated))
        {
            await db.Database.MigrateAsync(TestContext.CancellationToken);
        }

        await using (var db = Open(created))
        {
            await db.Database.EnsureCreatedAsync(TestContext.CancellationToken);
        }

        var (wanted, got) = (await SchemaAsync(created), await SchemaAsync(migrated));
        Assert.AreEqual("", string.Join('\n', wanted.Except(got)), "in the model only");
        Assert.AreEqual("", string.Join('\n', got.Except(wanted)), "in the migrations only");
    }

    [TestMethod]
    public async Task Every_table_that_grows_with_the_fleet_can_be_distributed_by_device()
    {
        await using var source = NpgsqlDataSource.Create(await Postgres.DatabaseAsync());
        await using (var db = Open(source))
        {
            await db.Database.MigrateAsync(TestContext.CancellationToken);
        }

        foreach (var table in Distributed)
        {
            // Citus asks that every unique constraint holds the distribution column, and that foreign keys stay among colocated tables.
            var constraints = await ListAsync(source, $"""
                SELECT i.indexrelid::regclass || ': ' || EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) AND a.attname = 'DeviceId')
                FROM pg_index i WHERE i.indrelid = '"{table}"'::regclass AND i.indisunique
                """);
            Assert.IsGreaterThan(0, constraints.Count, table);
            Assert.AreEqual("", string.Join(' ', constraints.Where(c => !c.EndsWith("true", StringComparison.Ordinal))), table);
            Assert.AreEqual(0, (await ListAsync(source, $"""SELECT conname::text FROM pg_constraint WHERE contype = 'f' AND '"{table}"'::regclass IN (conrelid, confrelid)""")).Count, table);
        }
    }

    [TestMethod]
    public async Task Calls_are_stored_once_found_again_and_read_as_on_SQLite()
    {
        await using var console = await StartAsync();
        using var device = await console.DeviceAsync();
        using var admin = await console.AdminAsync();

        for (var i = 0; i < 2; i++)
        {
            using var answer = await device.PostAsJsonAsync("api/ingestData", Records.Batch("r1", "r2", "r1"), WireJson.Default.IngestBatch);
            Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
        }

        var calls = await admin.GetFromJsonAsync<JsonElement>("api/admin/calls");
        Assert.AreEqual(2, calls.GetArrayLength());
        Assert.AreEqual("What is a monad?", calls[0].GetProperty("prompt").GetString());
        Assert.AreEqual("r2", (await admin.GetFromJsonAsync<JsonElement>("api/admin/calls?q=MONAD&host=.anthropic.com"))[0].GetProperty("id").GetString());
        var content = (await admin.GetFromJsonAsync<JsonElement>("api/admin/calls/r1")).GetProperty("content");
        Assert.AreEqual(Records.Record("r1").RequestPayload, content.GetProperty("requestBody").GetString());
        var apps = await admin.GetFromJsonAsync<JsonElement>("api/admin/inventory/apps");
        Assert.AreEqual((1, 2L), (apps.GetArrayLength(), apps[0].GetProperty("calls").GetInt64()));
    }

    [TestMethod]
    public async Task Every_filter_finds_at_both_nodes_what_it_finds_on_SQLite()
    {
        await using var sqlite = await RunningConsole.StartAsync();
        await using var first = await StartAsync();
        await using var second = await StartAsync(first.Options.Database, first);
        foreach (var console in new[] { sqlite, first })
        {
            using var device = await console.DeviceAsync();
            foreach (var part in Varied().Chunk(20))
            {
                (await device.PostAsJsonAsync("api/ingestData", new IngestBatch(part), WireJson.Default.IngestBatch)).EnsureSuccessStatusCode().Dispose();
            }
        }

        var now = DateTimeOffset.UtcNow;
        var found = 0;
        foreach (var text in Filters)
        {
            var filter = CallFilter.Parse(text, now);
            Assert.AreEqual(0, filter.Errors.Count, text);
            var wanted = await IdsAsync(sqlite, filter);
            foreach (var node in new[] { first, second })
            {
                Assert.AreEqual(wanted, await IdsAsync(node, filter), text);
                Assert.AreEqual(wanted.Length == 0 ? 0 : wanted.Split(' ').Length, await node.Host.Services.GetRequiredService<CallQuery>().CountAsync(filter, TestContext.CancellationToken), text);
            }

            found += wanted.Length > 0 ? 1 : 0;
        }

        Assert.IsGreaterThan(Filters.Length / 2, found, "filters that find something");
    }

    private async Task<string> IdsAsync(RunningConsole console, CallFilter filter) => string.Join(' ', (await console.Host.Services.GetRequiredService<CallQuery>()
        .NewestAsync(filter, 0, 500, new Actor("ann", Roles.Analyst), TestContext.CancellationToken)).Select(c => c.Id).Order(StringComparer.Ordinal));

    private static IEnumerable<IngestRecord> Varied() => Enumerable.Range(0, 60).Select(i =>
    {
        var record = Records.Record($"r{i}", (i % 3) switch { 0 => "api.openai.com", 1 => "openai.com", _ => "api.anthropic.com" }, i % 4 == 0 ? "Codex" : "claude-code");
        return record with
        {
            Path = i % 7 == 0 ? "/a_b/100%" : "/v1/messages", Method = i == 9 ? "PUT" : "POST", StatusCode = i % 5 == 0 ? "429" : "200", Type = i == 11 ? "WEBSOCKET" : "HTTP/2",
            RequestPayload = i == 42 ? """{"model":"gpt-5","messages":[{"role":"user","content":"Refactor a Needle, please"}]}""" : record.RequestPayload,
            Audit = record.Audit! with
            {
                User = $"user{i % 9}", Process = i % 4 == 0 ? "codex" : "claude", Pid = 4000 + i, FlowId = $"F{i}", DurationMilliseconds = 100 * i, RequestBytes = 1000 * i,
                TimeToFirstByteMilliseconds = i, Ai = new AuditAiCall { Shape = "x", Operation = "chat", Provider = "anthropic", RequestModel = i == 42 ? "gpt-5" : "claude-sonnet-4", InputTokens = i, ConversationId = $"C{i % 6}" },
                Guard = new AuditGuard { Verdict = i == 13 ? "block" : "allow" },
            },
        };
    });

    private static readonly string[] Filters =
    [
        "", "app:codex", "app=CODEX", "app:cod*", "-app:codex", "app:codex,claude", "app:nobody", "-app:nobody", "host:.openai.com", "host:api.*", "host=openai.com", "host:_", "model:GPT",
        "user=user3", "user:user", "device:label", "device=agent-1", "status:4xx", "status=429", "is:error", "is:websocket", "tokens>50", "duration>5s", "ttfb>=59ms", "bytes>50000", "verdict:block",
        "verdict:redact", "findings>0", "session=c3", "session:C", "provider:anth", "process=codex", "path:a_b", "path:100%", "path:axb", "method=put", "protocol:WEB", "rule:AiDomain", "decrypt:opaque",
        "decrypt:intercepted", "pid=4042", "pid>4050", "pid<=4003", "pid=4042.5", "pid>99999999999", "status<429", "status>=429", "tools<1", "flow=f42/3", "flow:F4", "flow:2/3", "flow:*2/3", "session:c3", "session:3", "42", "4", "needle", "NEEDLE", "need", "monad", "nowhere", "429", "user3", "openai needle", "-needle", "tools>0", "is:incomplete", "is:prompt",
    ];

    [TestMethod]
    public async Task Two_uploads_of_one_record_at_two_nodes_at_once_are_stored_once()
    {
        var database = await Postgres.DatabaseAsync();
        await using var first = await StartAsync(database);
        await using var second = await StartAsync(database, first);
        using var device = await first.DeviceAsync();
        using var other = second.Client(device.DefaultRequestHeaders.GetValues("authorization").Single());
        var ids = Enumerable.Range(0, 50).Select(i => $"r{i}").ToArray();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            (i % 2 == 0 ? device : other).PostAsJsonAsync("api/ingestData", Records.Batch(ids), WireJson.Default.IngestBatch)));

        Assert.IsTrue(answers.All(a => a.StatusCode == HttpStatusCode.OK));
        Assert.AreEqual(50, await second.Host.Services.GetRequiredService<CallQuery>().CountAsync(new CallFilter(), TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task A_day_past_its_retention_is_dropped_as_a_partition()
    {
        var clock = new AdjustableTime();
        await using var console = await StartAsync(time: clock);
        var services = console.Host.Services;
        var (intake, commit) = (services.GetRequiredService<CallIntake>(), services.GetRequiredService<CallCommit>());
        foreach (var (id, age) in new[] { ("old", 80), ("new", 1), ("undated", 4000) })
        {
            var record = Records.Record(id);
            var started = (clock.GetUtcNow() - TimeSpan.FromDays(age)).ToUnixTimeMilliseconds();
            record = record with { Audit = record.Audit! with { StartUnixMilliseconds = started } };
            await commit.StoreAsync([intake.Read(record, "d", clock.GetUtcNow())!], TestContext.CancellationToken);
        }

        await using var source = NpgsqlDataSource.Create(console.Options.Database!);
        await using var connection = await source.OpenConnectionAsync(TestContext.CancellationToken);
        Assert.AreEqual(3, (await Partitions.DaysAsync(connection, TestContext.CancellationToken)).Count);
        clock.Advance(TimeSpan.FromDays(20));
        using var retention = new Retention(
            services.GetRequiredService<IDbContextFactory<ConsoleDb>>(), services.GetRequiredService<Partitions>(), services.GetRequiredService<SettingsStore>(), console.Options, clock, NullLogger<Retention>.Instance);

        Assert.AreEqual(0, await retention.SweepAsync(TestContext.CancellationToken), "The partition went as a whole, so no row was deleted singly.");

        Assert.AreEqual(2, (await Partitions.DaysAsync(connection, TestContext.CancellationToken)).Count);
        var left = await services.GetRequiredService<CallQuery>().NewestAsync(new CallFilter(), 0, 10, Analyst, TestContext.CancellationToken);
        CollectionAssert.AreEqual(new[] { "undated", "new" }, left.ConvertAll(c => c.Id));
    }

    [TestMethod]
    public async Task A_setting_saved_at_one_node_is_in_force_at_the_other_and_its_pages_hear_of_calls()
    {
        var database = await Postgres.DatabaseAsync();
        await using var first = await StartAsync(database);
        await using var second = await StartAsync(database, first);
        using var device = await second.DeviceAsync();
        using var admin = await first.AdminAsync();
        var changed = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        second.Host.Services.GetRequiredService<SettingsStore>().Changed += s => changed.TrySetResult(s.Version);

        var saved = System.Diagnostics.Stopwatch.GetTimestamp();
        using var answer = await admin.PostAsJsonAsync("api/admin/patterns", new { pattern = ".example.com", mode = false });
        answer.EnsureSuccessStatusCode();
        Assert.AreEqual(2, await changed.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.CancellationToken));
        TestContext.WriteLine($"other node after {System.Diagnostics.Stopwatch.GetElapsedTime(saved).TotalMilliseconds:0} ms");

        first.Host.Services.GetRequiredService<CallFeed>().Arrived += () => arrived.TrySetResult();
        (await device.PostAsJsonAsync("api/ingestData", Records.Batch("r1"), WireJson.Default.IngestBatch)).Dispose();
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.CancellationToken);

        // A change at the second node builds on the first one's.
        using var elsewhere = await second.AdminAsync();
        (await elsewhere.PostAsJsonAsync("api/admin/patterns", new { pattern = ".example.org", mode = false })).EnsureSuccessStatusCode().Dispose();
        Assert.AreEqual(2, (await elsewhere.GetFromJsonAsync<JsonElement>("api/admin/patterns")).GetArrayLength());
    }

    [TestMethod]
    public async Task A_stream_open_at_one_node_is_shown_at_the_other()
    {
        var database = await Postgres.DatabaseAsync();
        await using var first = await StartAsync(database);
        await using var second = await StartAsync(database, first);
        using var device = await first.DeviceAsync();
        var devices = second.Host.Services.GetRequiredService<DeviceStore>();
        var shown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        second.Host.Services.GetRequiredService<DevicePresence>().Changed += () =>
        {
            if (second.Host.Services.GetRequiredService<DevicePresence>().Of("agent-1") is { Streams: 1, Delivered: 1 })
            {
                shown.TrySetResult();
            }
        };

        await using var stream = await device.GetStreamAsync(new Uri("api/agent/settings", UriKind.Relative), TestContext.CancellationToken);
        await shown.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.CancellationToken);

        Assert.IsTrue((await devices.ListAsync(TestContext.CancellationToken)).Single().Connected);
    }

    [TestMethod]
    public async Task A_cookie_of_one_node_opens_the_other()
    {
        var database = await Postgres.DatabaseAsync();
        await using var first = await StartAsync(database);
        await using var second = await StartAsync(database, first);
        using var signedIn = await first.Anonymous.GetAsync(await first.Host.CreateSignInLinkAsync(), TestContext.CancellationToken);
        using var person = second.Client();
        person.DefaultRequestHeaders.Add("cookie", signedIn.Headers.GetValues("set-cookie").Single().Split(';')[0]);

        using var answer = await person.GetAsync("api/admin/patterns", TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
    }

    private static Task<RunningConsole> StartAsync(string? database = null, RunningConsole? shares = null, TimeProvider? time = null) =>
        RunningConsole.StartOnPostgresAsync(database, shares, time);

    private static ConsoleDb Open(NpgsqlDataSource source) =>
        new((DbContextOptions<ConsoleDb>)StorageRegistration.Configure(new DbContextOptionsBuilder<ConsoleDb>(), source, "").Options);

    private async Task<List<string>> SchemaAsync(NpgsqlDataSource source) =>
    [
        .. await ListAsync(source, """
            SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name NOT LIKE '%EFMigrations%'
            """),
        .. await ListAsync(source, """
            SELECT t.relname || ' ' || i.indisunique || ' ' || i.indisprimary || ' ' || (SELECT string_agg(a.attname, ',' ORDER BY k.n)
            FROM unnest(i.indkey) WITH ORDINALITY AS k(c, n) JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.c)
            FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
            WHERE n.nspname = 'public' AND t.relname NOT LIKE '%EFMigrations%' AND i.indexrelid::regclass::text NOT LIKE '%IX_Calls_Find_%'
            """),
    ];

    private async Task<List<string>> ListAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.CancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.CancellationToken))
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
