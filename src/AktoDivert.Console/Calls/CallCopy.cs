using System.Reflection;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace AktoDivert.Console.Calls;

/// <summary>Adds rows of calls and contents: on PostgreSQL by COPY, which costs a fraction of as many INSERTs.</summary>
internal sealed class CallCopy
{
    private static readonly Action<CopyBuffer, CallContentRow>[] Contents =
        [(rows, c) => rows.Add(c.DeviceId), (rows, c) => rows.Add(c.At), (rows, c) => rows.Add(c.Id), (rows, c) => rows.Add(c.Sealed)];

    private readonly Lock _lock = new();
    private (string Columns, Action<CopyBuffer, CallRow>[] Writers)? _calls;

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
        await CopyAsync(connection, $"\"Calls\" ({columns})", calls.Select(c => c.Call), writers, cancellation);
        await CopyAsync(connection, """ "CallContents" ("DeviceId", "At", "Id", "Sealed")""", calls.Select(c => c.Content).OfType<CallContentRow>(), Contents, cancellation);
    }

    private static async Task CopyAsync<T>(
        NpgsqlConnection connection, string into, IEnumerable<T> rows, Action<CopyBuffer, T>[] columns, CancellationToken cancellation)
    {
        // Its end, which only the database can confirm, comes with the disposal.
        await using var stream = await connection.BeginRawBinaryCopyAsync($"COPY {into} FROM STDIN (FORMAT BINARY)", cancellation);
        var buffer = new CopyBuffer(stream);
        buffer.Begin();
        foreach (var row in rows)
        {
            buffer.BeginRow(columns.Length);
            foreach (var add in columns)
            {
                add(buffer, row);
            }

            await buffer.EndRowAsync(cancellation);
        }

        await buffer.EndAsync(cancellation);
    }

    /// <summary>The columns and how to write them, taken from the model once, so that a new column is never forgotten here.</summary>
    private (string Columns, Action<CopyBuffer, CallRow>[] Writers) Plan(ConsoleDb db)
    {
        lock (_lock)
        {
            return _calls ??= Make([.. db.Model.FindEntityType(typeof(CallRow))!.GetProperties()]);
        }
    }

    private static (string, Action<CopyBuffer, CallRow>[]) Make(IProperty[] properties) =>
        (string.Join(", ", properties.Select(p => $"\"{p.GetColumnName()}\"")), [.. properties.Select(p => Writer(p.PropertyInfo!.GetMethod!))]);

    private static Action<CopyBuffer, CallRow> Writer(MethodInfo getter)
    {
        Func<CallRow, T> Get<T>() => getter.CreateDelegate<Func<CallRow, T>>();

        var type = getter.ReturnType;
        if (type == typeof(string))
        {
            var get = Get<string?>();
            return (rows, c) => rows.Add(get(c));
        }

        if (type == typeof(byte[]))
        {
            var get = Get<byte[]?>();
            return (rows, c) => rows.Add(get(c));
        }

        // An enumeration is returned as its number.
        if (type == typeof(int) || type.IsEnum)
        {
            var get = Get<int>();
            return (rows, c) => rows.Add(get(c));
        }

        if (type == typeof(long))
        {
            var get = Get<long>();
            return (rows, c) => rows.Add(get(c));
        }

        if (type == typeof(long?))
        {
            var get = Get<long?>();
            return (rows, c) => rows.Add(get(c));
        }

        if (type == typeof(double))
        {
            var get = Get<double>();
            return (rows, c) => rows.Add(get(c));
        }

        if (type == typeof(double?))
        {
            var get = Get<double?>();
            return (rows, c) => rows.Add(get(c));
        }

        throw new NotSupportedException($"{nameof(CallRow)}.{getter.Name[4..]}: no column of a call is of type {type.Name} yet.");
    }
}
