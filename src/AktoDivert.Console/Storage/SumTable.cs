using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace AktoDivert.Console.Storage;

/// <summary>
/// A table whose rows are sums by a key: what is written is added to what is there. On PostgreSQL all rows go in one statement, whose cost a
/// round trip for each would exceed many times; SQLite, which has no round trips, takes them one by one.
/// </summary>
/// <param name="name">Name of the table.</param>
/// <param name="columns">All its columns.</param>
internal sealed class SumTable<TRow>(string name, params SumColumn<TRow>[] columns)
{
    private readonly string _head = $"""INSERT INTO "{name}" ({Quoted(columns.Select(c => c.Name))}) """;

    private readonly string _parameters = string.Join(", ", columns.Select((_, i) => $"@p{i}"));

    private readonly string _arrays = string.Join(", ", columns.Select((c, i) => $"@p{i}::{c.ArrayType}"));

    private readonly string _tail = $"""
         ON CONFLICT ({Quoted(columns.Where(c => c.Rule == SumRule.Key).Select(c => c.Name))}) DO UPDATE SET
        {string.Join(", ", columns.Where(c => c.Rule is not (SumRule.Key or SumRule.First)).Select(c => $"\"{c.Name}\" = {Update(name, c)}"))}
        """;

    /// <summary>Adds rows within the transaction that is open; no two of them may have the same key.</summary>
    public async Task AddAsync(ConsoleDb db, IReadOnlyList<TRow> rows, CancellationToken cancellation)
    {
        if (rows.Count == 0)
        {
            return;
        }

        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        if (db.Database.IsNpgsql())
        {
            command.CommandText = $"{_head}SELECT * FROM unnest({_arrays}){_tail}";
            Bind(command, i => columns[i].Of(rows));
            await command.ExecuteNonQueryAsync(cancellation);
            return;
        }

        command.CommandText = $"{_head}VALUES ({_parameters}){_tail}";
        foreach (var row in rows)
        {
            Bind(command, i => columns[i].Of(row));
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    private void Bind(DbCommand command, Func<int, object> value)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            if (command.Parameters.Count == i)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = $"@p{i}";
                command.Parameters.Add(parameter);
            }

            command.Parameters[i].Value = value(i);
        }
    }

    private static string Update(string table, SumColumn<TRow> column) => column.Rule switch
    {
        SumRule.Add => $"""
            "{table}"."{column.Name}" + excluded."{column.Name}"
            """,
        SumRule.NewestIfAny => $"""
            CASE WHEN excluded."{column.Name}" = '' THEN "{table}"."{column.Name}" ELSE excluded."{column.Name}" END
            """,
        _ => $"""
            excluded."{column.Name}"
            """,
    };

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"\"{n}\""));
}
