using AktoDivert.Console.Hosting;
using AktoDivert.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AktoDivert.ConsoleLoad;

/// <summary>A console on a PostgreSQL server of its own, both ended with it.</summary>
internal sealed class LoadedConsole : IAsyncDisposable
{
    private readonly PostgresServer _server;
    private readonly string _data;

    private LoadedConsole(PostgresServer server, string data, ConsoleHost host) => (_server, _data, Host) = (server, data, host);

    public ConsoleHost Host { get; }

    /// <summary>Processor time that database and this process, sender and console, used so far.</summary>
    public (TimeSpan Database, TimeSpan Console) CpuTime => (_server.CpuTime, Environment.CpuUsage.TotalTime);

    public static async Task<LoadedConsole> StartAsync()
    {
        var server = await PostgresServer.StartAsync();
        var data = Directory.CreateTempSubdirectory("console-load-").FullName;
        var options = new ConsoleOptions
        {
            DataDirectory = data, Urls = "http://127.0.0.1:0", Database = await server.CreateDatabaseAsync(), RetentionCount = 10_000_000, IngestCapacity = 256 << 20,
        };
        return new LoadedConsole(server, data, await ConsoleHost.StartAsync(options));
    }

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
        await _server.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
