using AktoDivert.Tests.Shared;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>One PostgreSQL server for all tests of a run; each makes a database of its own.</summary>
[TestClass]
public sealed class Postgres
{
    private static Lazy<Task<PostgresServer>>? _server;

    /// <summary>A connection string of an empty database.</summary>
    public static async Task<string> DatabaseAsync()
    {
        if (!PostgresServer.IsInstalled)
        {
            Assert.Inconclusive("PostgreSQL is not installed: ./test.sh installs it.");
        }

        return await (await _server!.Value).CreateDatabaseAsync();
    }

    [AssemblyInitialize]
    public static void Prepare(TestContext context) => _server = new Lazy<Task<PostgresServer>>(PostgresServer.StartAsync);

    [AssemblyCleanup]
    public static async Task EndAsync()
    {
        if (_server is { IsValueCreated: true })
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
