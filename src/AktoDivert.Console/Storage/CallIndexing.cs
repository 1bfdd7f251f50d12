using System.Data;
using Npgsql;

namespace AktoDivert.Console.Storage;

/// <summary>
/// Makes the indexes of the filter on PostgreSQL while calls are stored and read, and drops those that no release needs any more. An index is
/// made for one partition at a time and concurrently, which no statement of a migration may do; what was begun and not ended is made again at the
/// next start. Until they are there, filters are slower and nothing else differs.
/// </summary>
internal sealed partial class CallIndexing(NpgsqlDataSource source, TimeProvider time, ILogger<CallIndexing> logger) : BackgroundService
{
    // Any number that nobody else locks in this database ("aktoind" in ASCII).
    private const long IndexLock = 0x616b746f696e64;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when all indexes are there.</summary>
    public Task Ready => _ready.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!_ready.Task.IsCompleted)
        {
            try
            {
                await EnsureAsync(stoppingToken);
                _ready.TrySetResult();
            }
            catch (NpgsqlException e)
            {
                LogFailed(e);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    /// <summary>One node at a time does it; for the next there is nothing left to do.</summary>
    private async Task EnsureAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        // Asked again and again, since whoever waits for a lock in a statement is what an index that is made concurrently waits for.
        while (!await AskAsync<bool>(connection, $"SELECT pg_try_advisory_lock({IndexLock})", cancellation))
        {
            await Task.Delay(Turn, time, cancellation);
        }

        try
        {
            await MakeAsync(connection, cancellation);
        }
        finally
        {
            // The session of a broken connection has no lock any more.
            if (connection.State == ConnectionState.Open)
            {
                await AskAsync<bool>(connection, $"SELECT pg_advisory_unlock({IndexLock})", CancellationToken.None);
            }
        }
    }

    private async Task MakeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var wanted = await HasExtensionAsync(connection, cancellation) ? CallIndex.WithExtension : CallIndex.WithoutExtension;
        var made = 0;
        foreach (var index in wanted)
        {
            made += await MakeAsync(connection, index, cancellation);
        }

        foreach (var name in await ListAsync(
            connection, $"""
            SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = '"Calls"'::regclass AND starts_with(c.relname, '{CallIndex.Prefix}')
            """, cancellation))
        {
            if (!wanted.Any(i => i.FullName == name))
            {
                await RunAsync(connection, $"""DROP INDEX IF EXISTS "{name}" """, cancellation);
            }
        }

        if (made > 0)
        {
            LogMade(made, time.GetElapsedTime(began).TotalSeconds);
        }
    }

    /// <summary>Whether the server has <c>btree_gin</c> and lets the database's owner have it.</summary>
    private async Task<bool> HasExtensionAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        try
        {
            await RunAsync(connection, "CREATE EXTENSION IF NOT EXISTS btree_gin", cancellation);
            return true;
        }
        catch (PostgresException e)
        {
            LogNoExtension(e.MessageText);
            return false;
        }
    }

    /// <returns>For how many partitions it was made.</returns>
    private static async Task<int> MakeAsync(NpgsqlConnection connection, CallIndex index, CancellationToken cancellation)
    {
        // From here on every new partition has it by itself.
        await RunAsync(connection, $"""CREATE INDEX IF NOT EXISTS "{index.FullName}" ON ONLY "Calls" {index.Definition}""", cancellation);
        var partitions = await ListAsync(
            connection, $"""
            SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = '"Calls"'::regclass AND NOT EXISTS (
            SELECT FROM pg_index x JOIN pg_inherits h ON h.inhrelid = x.indexrelid WHERE x.indrelid = c.oid AND h.inhparent = '"{index.FullName}"'::regclass)
            ORDER BY c.relname DESC
            """, cancellation);
        foreach (var partition in partitions)
        {
            try
            {
                var name = $"{partition}_{index.Name}";
                await RunAsync(connection, $"""DROP INDEX IF EXISTS "{name}" """, cancellation);
                await RunAsync(connection, $"""CREATE INDEX CONCURRENTLY "{name}" ON "{partition}" {index.Definition}""", cancellation);
                await RunAsync(connection, $"""ALTER INDEX "{index.FullName}" ATTACH PARTITION "{name}" """, cancellation);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedObject)
            {
                // Retention dropped the partition in the meantime.
            }
        }

        return partitions.Count;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        // An index of a day takes as long as it takes.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<T> AskAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<List<string>> ListAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    [LoggerMessage(5010, LogLevel.Information, "Made indexes of {Partitions} partitions in {Seconds:0} s.")]
    private partial void LogMade(int partitions, double seconds);

    [LoggerMessage(5011, LogLevel.Warning, "Indexes could not be made; it is tried again in a minute. Filters are slow until then.")]
    private partial void LogFailed(Exception fault);

    [LoggerMessage(5012, LogLevel.Warning, "The database has no extension btree_gin ({Reason}), so storing a call costs more. Install PostgreSQL's contrib package, or let the owner of the database create the extension, and restart.")]
    private partial void LogNoExtension(string reason);
}
