using System.Net.Http.Json;
using AktoDivert.Console.Calls;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Wire;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>The indexes of the filter on PostgreSQL, which are made beside the traffic.</summary>
[TestClass]
public sealed class IndexTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task An_old_database_gets_the_indexes_partition_by_partition_and_loses_those_that_were()
    {
        var database = await Postgres.DatabaseAsync();
        await using var source = NpgsqlDataSource.Create(database);
        await using var first = await RunningConsole.StartOnPostgresAsync(database);
        await StoreAsync(first, "r1");
        await ReadyAsync(first);
        // As earlier releases left it, and as an upgrade that was interrupted leaves an index.
        await RunAsync(source, $"""
            DROP INDEX "{CallIndex.Prefix}Values", "{CallIndex.Prefix}Pid_Number";
            CREATE INDEX "{CallIndex.Prefix}User" ON "Calls" ("User");
            CREATE INDEX "Calls_undated_Values" ON "Calls_undated" ("User");
            """);

        await using var second = await RunningConsole.StartOnPostgresAsync(database, first);
        await StoreAsync(second, "r2");
        await ReadyAsync(second);

        CollectionAssert.AreEquivalent(CallIndex.WithExtension.Select(i => i.FullName).ToArray(), await IndexesAsync(source));
        Assert.AreEqual("", string.Join(' ', await IndexesAsync(source, "AND NOT i.indisvalid")), "An index that a partition lacks.");
        Assert.AreEqual(2, await CountAsync(second, "user:alice"));
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Without_the_extension_each_column_has_an_index_of_its_own()
    {
        var database = await Postgres.DatabaseAsync();
        await using var source = NpgsqlDataSource.Create(database);
        // May make tables, but no extension, for which it would have to own the database.
        await RunAsync(source, "CREATE ROLE tables_only LOGIN; GRANT ALL ON SCHEMA public TO tables_only");
        await using var console = await RunningConsole.StartOnPostgresAsync(new NpgsqlConnectionStringBuilder(database) { Username = "tables_only" }.ConnectionString);
        await StoreAsync(console, "r1");
        await ReadyAsync(console);

        CollectionAssert.AreEquivalent(CallIndex.WithoutExtension.Select(i => i.FullName).ToArray(), await IndexesAsync(source));
        Assert.AreEqual(1, await CountAsync(console, "user:alice"));
    }

    private async Task StoreAsync(RunningConsole console, string id)
    {
        using var device = await console.DeviceAsync($"agent-{id}");
        (await device.PostAsJsonAsync("api/ingestData", Records.Batch(id), WireJson.Default.IngestBatch, TestContext.CancellationToken)).EnsureSuccessStatusCode().Dispose();
    }

    private Task ReadyAsync(RunningConsole console) => console.Host.Services.GetRequiredService<CallIndexing>().Ready.WaitAsync(TestContext.CancellationToken);

    private Task<int> CountAsync(RunningConsole console, string filter) =>
        console.Host.Services.GetRequiredService<CallQuery>().CountAsync(CallFilter.Parse(filter, DateTimeOffset.UtcNow), TestContext.CancellationToken);

    private async Task<string[]> IndexesAsync(NpgsqlDataSource source, string and = "")
    {
        await using var command = source.CreateCommand($"""
            SELECT array_agg(c.relname::text) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = '"Calls"'::regclass AND starts_with(c.relname, '{CallIndex.Prefix}') {and}
            """);
        return await command.ExecuteScalarAsync(TestContext.CancellationToken) as string[] ?? [];
    }

    private async Task RunAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.CancellationToken);
    }
}
