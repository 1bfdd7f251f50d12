using System.Reflection;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace AktoDivert.Console.Calls;

/// <summary>Adds rows of calls and contents: on PostgreSQL by COPY, which costs a fraction of as many INSERTs.</summary>
internal sealed class CallCopy
{
    private static readonly MethodInfo Write = typeof(CallCopy).GetMethod(nameof(WriteAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly Lock _lock = new();
    private (string Columns, Func<NpgsqlBinaryImporter, CallRow, CancellationToken, Task>[] Writers)? _calls;

    /// <summary>Adds the rows within the transaction that is open; for SQLite they go with the next save.</summary>
    public async Task AddAsync(ConsoleDb db, IReadOnlyList<NewCall> calls, CancellationToken cancellation)
    {
        if (!db.Database.IsNpgsql())
        {
            db.Calls.AddRange(calls.Select(c => c.Call));
            db.CallContents.AddRange(calls.Select(c => c.Content).OfType<CallContentRow>());
            return;
        }

        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var (columns, writers) = Plan(db);
        await using (var importer = await connection.BeginBinaryImportAsync($"""COPY "Calls" ({columns}) FROM STDIN (FORMAT BINARY)""", cancellation))
        {
            foreach (var call in calls)
            {
                await importer.StartRowAsync(cancellation);
                foreach (var write in writers)
                {
                    await write(importer, call.Call, cancellation);
                }
            }

            await importer.CompleteAsync(cancellation);
        }

        await using var contents = await connection.BeginBinaryImportAsync(
            """COPY "CallContents" ("DeviceId", "At", "Id", "Sealed") FROM STDIN (FORMAT BINARY)""", cancellation);
        foreach (var content in calls.Select(c => c.Content).OfType<CallContentRow>())
        {
            await contents.StartRowAsync(cancellation);
            await contents.WriteAsync(content.DeviceId, cancellation);
            await contents.WriteAsync(content.At, cancellation);
            await contents.WriteAsync(content.Id, cancellation);
            await contents.WriteAsync(content.Sealed, cancellation);
        }

        await contents.CompleteAsync(cancellation);
    }

    /// <summary>The columns and how to write them, taken from the model once, so that a new column is never forgotten here.</summary>
    private (string Columns, Func<NpgsqlBinaryImporter, CallRow, CancellationToken, Task>[] Writers) Plan(ConsoleDb db)
    {
        lock (_lock)
        {
            return _calls ??= Make([.. db.Model.FindEntityType(typeof(CallRow))!.GetProperties()]);
        }
    }

    private static (string, Func<NpgsqlBinaryImporter, CallRow, CancellationToken, Task>[]) Make(IProperty[] properties) => (
        string.Join(", ", properties.Select(p => $"\"{p.GetColumnName()}\"")),
        [.. properties.Select(p =>
        {
            var get = p.PropertyInfo!.GetMethod!;
            var type = p.ClrType.IsEnum ? typeof(int) : p.ClrType;
            return (Func<NpgsqlBinaryImporter, CallRow, CancellationToken, Task>)Write.MakeGenericMethod(p.ClrType, type).Invoke(null, [get])!;
        })]);

    private static Func<NpgsqlBinaryImporter, CallRow, CancellationToken, Task> WriteAsync<TMember, TColumn>(MethodInfo getter)
    {
        var get = getter.CreateDelegate<Func<CallRow, TMember>>();
        if (typeof(TMember) == typeof(TColumn))
        {
            return (importer, row, cancellation) => get(row) is { } value
                ? importer.WriteAsync(value, cancellation)
                : importer.WriteNullAsync(cancellation);
        }

        return (importer, row, cancellation) => importer.WriteAsync(Convert.ToInt32(get(row), System.Globalization.CultureInfo.InvariantCulture), cancellation);
    }
}
