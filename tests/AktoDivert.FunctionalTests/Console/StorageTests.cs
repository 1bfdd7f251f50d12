using System.Net.Http.Json;
using System.Runtime.Versioning;
using AktoDivert.Console.Audit;
using AktoDivert.Console.Calls;
using AktoDivert.Console.Calls.Filtering;
using AktoDivert.Console.Hosting;
using AktoDivert.Console.Settings;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.FunctionalTests.Console;

[TestClass]
public sealed class StorageTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task The_migrated_schema_is_the_models()
    {
        using var directory = new TemporaryDirectory();
        await using var migrated = Open(Path.Combine(directory.Path, "migrated.db"));
        await using var created = Open(Path.Combine(directory.Path, "created.db"));
        await migrated.Database.MigrateAsync(TestContext.CancellationToken);
        await created.Database.EnsureCreatedAsync(TestContext.CancellationToken);

        var (wanted, got) = (await SchemaAsync(created), await SchemaAsync(migrated));
        Assert.AreEqual("", string.Join('\n', wanted.Except(got)), "in the model only");
        Assert.AreEqual("", string.Join('\n', got.Except(wanted)), "in the migrations only");
    }

    [TestMethod]
    public async Task Retention_deletes_by_count_and_by_age_with_the_content()
    {
        using var directory = new TemporaryDirectory();
        var clock = new AdjustableTime();
        var options = new ConsoleOptions { RetentionCount = 1200, RetentionAge = TimeSpan.FromDays(1) };
        options = options with { DataDirectory = directory.Path };
        await using var services = Services(options, clock);
        await services.MigrateAsync(TestContext.CancellationToken);
        var databases = services.GetRequiredService<IDbContextFactory<ConsoleDb>>();
        await using var db = await databases.CreateDbContextAsync(TestContext.CancellationToken);
        var intake = services.GetRequiredService<CallIntake>();
        await services.GetRequiredService<CallCommit>().StoreAsync(
            [.. Enumerable.Range(0, 2500).Select(i => intake.Read(Records.Record($"r{i}"), "d", clock.GetUtcNow())!)], TestContext.CancellationToken);
        using var retention = new Retention(databases, services.GetRequiredService<Partitions>(), services.GetRequiredService<SettingsStore>(), options, clock, NullLogger<Retention>.Instance);

        Assert.AreEqual(1300, await retention.SweepAsync(TestContext.CancellationToken));
        Assert.AreEqual(1200, await db.Calls.CountAsync(TestContext.CancellationToken));
        Assert.AreEqual(1200, await db.CallContents.CountAsync(TestContext.CancellationToken));
        Assert.AreEqual("r1300", await db.Calls.OrderBy(c => c.Seq).Select(c => c.Id).FirstAsync(TestContext.CancellationToken));

        clock.Advance(TimeSpan.FromDays(2));
        Assert.AreEqual(1200, await retention.SweepAsync(TestContext.CancellationToken));
        Assert.AreEqual(0, await db.Calls.CountAsync(TestContext.CancellationToken));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task An_app_with_days_of_its_own_loses_its_calls_sooner_than_others(bool onPostgres)
    {
        var clock = new AdjustableTime();
        var database = onPostgres ? await Postgres.DatabaseAsync() : null;
        await using var console = await RunningConsole.StartAsync(o => o with { Database = database }, clock);
        using var device = await console.DeviceAsync();
        using var admin = await console.AdminAsync();
        (await device.PostAsJsonAsync("api/ingestData", Records.Batch("r1", "r2"), WireJson.Default.IngestBatch)).EnsureSuccessStatusCode().Dispose();
        var other = Records.Record("other");
        other = other with { Audit = other.Audit! with { App = "codex" } };
        (await device.PostAsJsonAsync("api/ingestData", new IngestBatch([other]), WireJson.Default.IngestBatch)).EnsureSuccessStatusCode().Dispose();
        using var refused = await admin.PutAsJsonAsync("api/admin/apps/claude-code", new { state = "Sanctioned", keptDays = 0 });
        Assert.AreEqual(System.Net.HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        (await admin.PutAsJsonAsync("api/admin/apps/claude-code", new { state = "Sanctioned", keptDays = 3 })).EnsureSuccessStatusCode().Dispose();
        var services = console.Host.Services;
        using var retention = new Retention(
            services.GetRequiredService<IDbContextFactory<ConsoleDb>>(), services.GetRequiredService<Partitions>(), services.GetRequiredService<SettingsStore>(),
            console.Options, clock, NullLogger<Retention>.Instance);

        Assert.AreEqual(0, await retention.SweepAsync(TestContext.CancellationToken));
        clock.Advance(TimeSpan.FromDays(4));
        Assert.AreEqual(2, await retention.SweepAsync(TestContext.CancellationToken));
        await using var db = await services.GetRequiredService<IDbContextFactory<ConsoleDb>>().CreateDbContextAsync(TestContext.CancellationToken);
        Assert.AreEqual("other", (await db.Calls.SingleAsync(TestContext.CancellationToken)).Id);
        Assert.AreEqual("other", (await db.CallContents.SingleAsync(TestContext.CancellationToken)).Id);
    }

    [TestMethod]
    public async Task Settings_calls_and_sign_in_survive_a_restart()
    {
        using var directory = new TemporaryDirectory();
        var options = new ConsoleOptions { DataDirectory = directory.Path, Urls = "http://127.0.0.1:0" };
        string token;
        await using (var first = await ConsoleHost.StartAsync(options, cancellation: TestContext.CancellationToken))
        {
            token = await first.CreateAdminTokenAsync();
            using var admin = new HttpClient { BaseAddress = first.Address };
            admin.DefaultRequestHeaders.Add("authorization", $"Bearer {token}");
            using var answer = await admin.PostAsync("api/admin/patterns", new StringContent(
                """{"pattern":".example.com","mode":true}""", System.Text.Encoding.UTF8, "application/json"), TestContext.CancellationToken);
            answer.EnsureSuccessStatusCode();
        }

        await using var second = await ConsoleHost.StartAsync(options, cancellation: TestContext.CancellationToken);
        using var client = new HttpClient { BaseAddress = second.Address };
        client.DefaultRequestHeaders.Add("authorization", $"Bearer {token}");
        StringAssert.Contains(await client.GetStringAsync("api/admin/patterns", TestContext.CancellationToken), ".example.com");
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    [SupportedOSPlatform("linux")]
    public async Task Files_are_the_owners_alone_and_no_token_is_stored()
    {
        using var directory = new TemporaryDirectory();
        var socket = Path.Combine(directory.Path, "console.sock");
        var data = Path.Combine(directory.Path, "data");
        var options = new ConsoleOptions { DataDirectory = data, Urls = "http://127.0.0.1:0", Socket = socket };
        string token;
        await using (var host = await ConsoleHost.StartAsync(options, cancellation: TestContext.CancellationToken))
        {
            token = await host.CreateAdminTokenAsync();
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, "console.db")));
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(data));
        }

        foreach (var file in Directory.EnumerateFiles(data))
        {
            Assert.IsFalse(File.ReadAllText(file, System.Text.Encoding.Latin1).Contains(token, StringComparison.Ordinal), file);
        }
    }

    [TestMethod]
    public async Task A_taken_port_and_a_bad_address_are_explained()
    {
        await using var console = await RunningConsole.StartAsync();
        using var directory = new TemporaryDirectory();
        var options = new ConsoleOptions { DataDirectory = directory.Path, Urls = console.Host.Address.AbsoluteUri };

        var taken = await Assert.ThrowsExactlyAsync<ConsoleStartException>(() => ConsoleHost.StartAsync(options));
        var bad = await Assert.ThrowsExactlyAsync<ConsoleStartException>(() => ConsoleHost.StartAsync(options with { Urls = "127.0.0.1" }));

        StringAssert.Contains(taken.Message, "Choose another port");
        StringAssert.Contains(bad.Message, "--urls 127.0.0.1");
    }

    private static ConsoleDb Open(string file) =>
        new((DbContextOptions<ConsoleDb>)StorageRegistration.Configure(new DbContextOptionsBuilder<ConsoleDb>(), null, file).Options);

    private static ServiceProvider Services(ConsoleOptions options, TimeProvider time) => new ServiceCollection()
        .AddSingleton(options).AddSingleton(time).AddConsoleDb(options)
        .AddSingleton<AuditLog>().AddSingleton<SettingsStore>().AddSingleton<ContentMask>().AddSingleton<CallIntake>()
        .AddSingleton<CallValues>().AddSingleton<CallCommit>().AddSingleton<CallCopy>().BuildServiceProvider();

    /// <summary>Every column with type, nullability and place in the key, and every index with its columns; the order of columns is no difference.</summary>
    private static async Task<List<string>> SchemaAsync(ConsoleDb db) => await db.Database.SqlQuery<string>(
        $"""
        SELECT t.name || '.' || c.name || ' ' || c.type || CASE c."notnull" WHEN 1 THEN ' NOT NULL' ELSE '' END || ' key ' || c.pk AS "Value"
        FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE '%EFMigrations%' AND t.name <> 'OldCallContents' AND t.name NOT LIKE 'sqlite%'
        UNION ALL
        SELECT t.name || ' index ' || i."unique" || ' on ' || (SELECT group_concat(n.name) FROM pragma_index_info(i.name) n)
        FROM sqlite_master t JOIN pragma_index_list(t.name) i WHERE t.type = 'table' AND t.name NOT LIKE '%EFMigrations%' AND t.name <> 'OldCallContents'
        """).ToListAsync();
}
