using AktoDivert.Console.Calls.Filtering;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AktoDivert.Console.Calls;

/// <summary>
/// Stores calls in one transaction: the rows that are new, their contents, violations, and what they add to the inventory. Taking sequence
/// numbers comes first and keeps every other writer, of any node, out until the commit; so a number is never seen before a smaller one, and
/// what is new stays new.
/// </summary>
internal sealed class CallCommit(IDbContextFactory<ConsoleDb> databases, Partitions partitions, CallCopy copy, CallValues values)
{
    /// <summary>Stores calls; those stored before are left alone.</summary>
    /// <returns>Those that were new.</returns>
    public async Task<IReadOnlyList<NewCall>> StoreAsync(IReadOnlyList<NewCall> calls, CancellationToken cancellation)
    {
        var distinct = calls.DistinctBy(c => (c.Call.DeviceId, c.Call.At, c.Call.Id)).ToList();
        if (distinct.Count == 0)
        {
            return [];
        }

        await using var db = await databases.CreateDbContextAsync(cancellation);
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        if (db.Database.IsNpgsql())
        {
            await db.Database.OpenConnectionAsync(cancellation);
            await partitions.EnsureAsync(
                (NpgsqlConnection)db.Database.GetDbConnection(), distinct.Select(c => c.Call.At / Partitions.Day), cancellation);
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var last = (await db.Database.SqlQuery<long>(
            $"""UPDATE "Sequences" SET "Last" = "Last" + {distinct.Count} WHERE "Name" = {SequenceRow.Calls} RETURNING "Last" AS "Value" """)
            .ToListAsync(cancellation)).Single();
        var known = await KnownAsync(db, distinct, cancellation);
        var added = distinct.FindAll(c => !known.Contains((c.Call.DeviceId, c.Call.At, c.Call.Id)));
        for (var i = 0; i < added.Count; i++)
        {
            added[i].Call.Seq = last - distinct.Count + 1 + i;
        }

        await copy.AddAsync(db, added, cancellation);
        db.Violations.AddRange(added.SelectMany(c => c.Violations));
        await db.SaveChangesAsync(cancellation);
        await Sightings.AddAsync(db, added, cancellation);
        var news = db.Database.IsNpgsql() && await values.AddAsync((NpgsqlConnection)db.Database.GetDbConnection(), added, cancellation);
        await db.AnnounceAsync(NodeChannel.Calls, cancellation);
        await transaction.CommitAsync(cancellation);
        if (news)
        {
            await values.ReadAsync(cancellation);
        }

        return added;
    }

    private static async Task<HashSet<(string DeviceId, long At, string Id)>> KnownAsync(
        ConsoleDb db, List<NewCall> calls, CancellationToken cancellation)
    {
        if (db.Database.IsNpgsql())
        {
            return await KnownOnPostgresAsync((NpgsqlConnection)db.Database.GetDbConnection(), calls, cancellation);
        }

        var (devices, times, ids) = (calls.Select(c => c.Call.DeviceId).Distinct().ToList(), calls.ConvertAll(c => c.Call.At), calls.ConvertAll(c => c.Call.Id));
        var (from, to) = (times.Min(), times.Max());
        var rows = await db.Calls.AsNoTracking()
            .Where(c => ids.Contains(c.Id) && devices.Contains(c.DeviceId) && c.At >= from && c.At <= to)
            .Select(c => new { c.DeviceId, c.At, c.Id }).ToListAsync(cancellation);
        return [.. rows.Select(r => (r.DeviceId, r.At, r.Id))];
    }

    /// <summary>One look into one partition's key for each call: a query for all ids at once looks for each of them in every day's partition.</summary>
    private static async Task<HashSet<(string DeviceId, long At, string Id)>> KnownOnPostgresAsync(
        NpgsqlConnection connection, List<NewCall> calls, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT k.device, k.moment, k.id FROM unnest($1::text[], $2::bigint[], $3::text[]) AS k(device, moment, id)
            JOIN LATERAL (SELECT FROM "Calls" c WHERE c."DeviceId" = k.device AND c."At" = k.moment AND c."Id" = k.id LIMIT 1) stored ON true
            """,
            connection);
        command.Parameters.Add(new() { Value = calls.Select(c => c.Call.DeviceId).ToArray() });
        command.Parameters.Add(new() { Value = calls.Select(c => c.Call.At).ToArray() });
        command.Parameters.Add(new() { Value = calls.Select(c => c.Call.Id).ToArray() });
        var known = new HashSet<(string DeviceId, long At, string Id)>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            known.Add((reader.GetString(0), reader.GetInt64(1), reader.GetString(2)));
        }

        return known;
    }
}
