using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace AktoDivert.Console.Storage;

/// <summary>
/// Sets up each connection: <c>synchronous=NORMAL</c> loses at most the last commits on a power cut and never corrupts the file in
/// write-ahead mode; a writer waits for another process' transaction.
/// </summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    private const string Pragmas = "PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=10000;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
