using AktoDivert.Console.Hosting;
using AktoDivert.Console.Storage;
using AktoDivert.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AktoDivert.ConsoleLoad;

/// <summary>A console on a PostgreSQL server of its own, both ended with it; or on a database that is there already, which stays.</summary>
internal sealed class LoadedConsole : IAsyncDisposable
{
    private readonly PostgresServer? _server;
    private readonly string _data;

    private LoadedConsole(PostgresServer? server, string data, ConsoleHost host) => (_server, _data, Host) = (server, data, host);

    public ConsoleHost Host { get; }

    /// <summary>Processor time that database and this process, sender and console, used so far.</summary>
    public (TimeSpan Database, TimeSpan Console) CpuTime => (_server?.CpuTime ?? default, Environment.CpuUsage.TotalTime);

    public static async Task<LoadedConsole> StartAsync()
    {
        var server = await PostgresServer.StartAsync();
        var data = Directory.CreateTempSubdirectory("console-load-").FullName;
        return await StartAsync(server, await server.CreateDatabaseAsync(), data);
    }

    /// <summary>Starts a console on the database and the data directory of another, which has ended.</summary>
    public static Task<LoadedConsole> StartAsync(string database, string data) => StartAsync(null, database, data);

    /// <summary>Does at once what autovacuum does within minutes of a load.</summary>
    public async Task AnalyzeAsync()
    {
        await using var command = Host.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("VACUUM (ANALYZE)");
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
            Directory.Delete(_data, recursive: true);
        }
    }

    private static async Task<LoadedConsole> StartAsync(PostgresServer? server, string database, string data)
    {
        var options = new ConsoleOptions { DataDirectory = data, Urls = "http://127.0.0.1:0", Database = database, RetentionCount = 10_000_000, IngestCapacity = 256 << 20 };
        var console = new LoadedConsole(server, data, await ConsoleHost.StartAsync(options));
        await console.Host.Services.GetRequiredService<CallIndexing>().Ready;
        return console;
    }
}
