using AktoDivert.Console.Calls;
using AktoDivert.Console.Hosting;
using AktoDivert.Console.Inventory;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using AktoDivert.Console.Storage.Migrations;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>A database as the first release left it, brought to the newest schema.</summary>
[TestClass]
public sealed class MigrationTests
{
    private static readonly Actor Analyst = new("ann", Roles.Analyst);

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task An_old_database_keeps_its_calls_people_and_tokens_and_its_content_is_encrypted()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "console.db");
        await MakeOldAsync(file, calls: 1200);
        StringAssert.Contains(Contents(directory.Path), "What is a monad?");

        var options = new ConsoleOptions { DataDirectory = directory.Path, Urls = "http://127.0.0.1:0", RetentionAge = TimeSpan.FromDays(9999) };
        await using var host = await ConsoleHost.StartAsync(options, cancellation: TestContext.CancellationToken);

        var calls = host.Services.GetRequiredService<CallQuery>();
        Assert.AreEqual(1200, await calls.CountAsync(new CallFilter(), TestContext.CancellationToken));
        Assert.AreEqual(1200, await calls.LastSeqAsync(TestContext.CancellationToken));
        var newest = (await calls.NewestAsync(CallFilter.Parse("monad", DateTimeOffset.UnixEpoch), 0, 1, Analyst, TestContext.CancellationToken)).Single();
        Assert.AreEqual("What is a monad?", newest.Prompt);
        var (call, content) = (await calls.FindAsync("r77", Analyst, TestContext.CancellationToken))!.Value;
        Assert.AreEqual(78, call.Seq);
        Assert.AreEqual("body r77", content!.RequestBody);
        Assert.AreEqual(0, content.Messages.Count);
        Assert.AreEqual(1, (await host.Services.GetRequiredService<AssetInventory>().AppsAsync(TestContext.CancellationToken)).Count);
        Assert.IsTrue(await host.HasPeopleAsync());
        var people = await host.Services.GetRequiredService<People>().ListAsync(TestContext.CancellationToken);
        Assert.AreEqual("admin", people.Single().Role);
        using var client = new HttpClient { BaseAddress = host.Address };
        client.DefaultRequestHeaders.TryAddWithoutValidation("authorization", "akd_admin_old");
        Assert.AreEqual(System.Net.HttpStatusCode.OK, (await client.GetAsync("api/admin/patterns", TestContext.CancellationToken)).StatusCode);
        await host.DisposeAsync();
        Assert.IsFalse(Contents(directory.Path).Contains("monad", StringComparison.Ordinal), "The prompt is still readable in the files.");
    }

    [TestMethod]
    public async Task A_database_of_another_content_key_is_refused_by_name()
    {
        using var directory = new TemporaryDirectory();
        var options = new ConsoleOptions { DataDirectory = directory.Path, Urls = "http://127.0.0.1:0" };
        await (await ConsoleHost.StartAsync(options, cancellation: TestContext.CancellationToken)).DisposeAsync();
        File.Delete(Path.Combine(directory.Path, ContentKeyFile.FileName));

        var fault = await Assert.ThrowsExactlyAsync<ConsoleStartException>(() => ConsoleHost.StartAsync(options));

        StringAssert.Contains(fault.Message, "content.key");
    }

    private static string Contents(string directory) => string.Concat(
        Directory.EnumerateFiles(directory, "console.db*").Select(f => File.ReadAllText(f, System.Text.Encoding.Latin1)));

    private async Task MakeOldAsync(string file, int calls)
    {
        await using (var db = new ConsoleDb((DbContextOptions<ConsoleDb>)StorageRegistration.Configure(
            new DbContextOptionsBuilder<ConsoleDb>(), null, file).Options))
        {
            // Not by the migrator, which reads a target's name as a date.
            await db.Database.ExecuteSqlRawAsync(db.GetService<IHistoryRepository>().GetCreateScript(), TestContext.CancellationToken);
            foreach (var command in db.GetService<IMigrationsSqlGenerator>().Generate([.. new M0001Initial().UpOperations]))
            {
                await db.Database.ExecuteSqlRawAsync(command.CommandText, TestContext.CancellationToken);
            }

            await db.Database.ExecuteSqlRawAsync(
                db.GetService<IHistoryRepository>().GetInsertScript(new HistoryRow("0001_Initial", "10.0.14")), TestContext.CancellationToken);
        }

        await using var connection = new SqliteConnection($"Data Source={file}");
        await connection.OpenAsync(TestContext.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.CancellationToken);
        for (var i = 0; i < calls; i++)
        {
            await ExecuteAsync(
                connection,
                $"""
                INSERT INTO "Calls" VALUES (NULL, 'r{i}', 'agent-1', 'laptop', 'alice', 'claude-code', 'claude', '/opt/claude', 4312, 'api.anthropic.com', 'POST',
                '/v1/messages', 'https://api.anthropic.com/v1/messages', 200, 'HTTP/2', 'AiDomain .anthropic.com', '160.79.104.10:443', '', 'f1/3', 'claude-sonnet-4',
                'What is a monad?', 10, 20, 1780531200123, 1780531200999, 120.5, 900, NULL, 86, 99, 'Complete', NULL);
                INSERT INTO "CallContents" VALUES (last_insert_rowid(), $headers, $body, $headers, $body, NULL);
                """,
                ("$headers", StoredText.Pack("{}")), ("$body", StoredText.Pack($"body r{i}")));
        }

        await ExecuteAsync(
            connection,
            $"""
            INSERT INTO "People" VALUES ('alice', 'x', 'y', 0, 0);
            INSERT INTO "AccessTokens" VALUES ($hash, 4, NULL, 0, {long.MaxValue});
            INSERT INTO "SettingsVersion" VALUES (1, 7);
            """,
            ("$hash", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("akd_admin_old"u8))));
        await transaction.CommitAsync(TestContext.CancellationToken);
    }

    private async Task ExecuteAsync(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        await command.ExecuteNonQueryAsync(TestContext.CancellationToken);
    }
}
