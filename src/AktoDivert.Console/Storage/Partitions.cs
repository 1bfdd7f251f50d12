using System.Globalization;
using Npgsql;

namespace AktoDivert.Console.Storage;

/// <summary>
/// The day partitions of the calls on PostgreSQL. Days are days of <see cref="CallRow.At"/>, UTC; day 0 holds what no believable clock dated.
/// </summary>
internal sealed class Partitions
{
    /// <summary>The partitioned tables.</summary>
    public static readonly IReadOnlyList<string> Tables = ["Calls", "CallContents"];

    /// <summary>Milliseconds of a day.</summary>
    public const long Day = 86_400_000;

    private readonly Lock _lock = new();
    private readonly HashSet<long> _known = [];

    /// <summary>Makes the partitions of days that have none yet.</summary>
    public async Task EnsureAsync(NpgsqlConnection connection, IEnumerable<long> days, CancellationToken cancellation)
    {
        foreach (var day in days.Distinct().Where(d => !IsKnown(d)).ToList())
        {
            foreach (var table in Tables)
            {
                var (from, to) = day == 0 ? ("MINVALUE", "1") : (Number(day * Day), Number((day + 1) * Day));
                await using var create = new NpgsqlCommand(
                    $"""CREATE TABLE IF NOT EXISTS "{Name(table, day)}" PARTITION OF "{table}" FOR VALUES FROM ({from}) TO ({to})""", connection);
                await create.ExecuteNonQueryAsync(cancellation);
            }

            lock (_lock)
            {
                _known.Add(day);
            }
        }
    }

    /// <summary>Drops the partitions of days before one, the undated never.</summary>
    /// <returns>How many days went.</returns>
    public async Task<int> DropBeforeAsync(NpgsqlConnection connection, long day, CancellationToken cancellation)
    {
        var old = (await DaysAsync(connection, cancellation)).Where(d => d > 0 && d < day).ToList();
        foreach (var one in old)
        {
            lock (_lock)
            {
                _known.Remove(one);
            }

            foreach (var table in Tables)
            {
                await using var drop = new NpgsqlCommand($"""DROP TABLE IF EXISTS "{Name(table, one)}" """, connection);
                await drop.ExecuteNonQueryAsync(cancellation);
            }
        }

        return old.Count;
    }

    /// <summary>Forgets what is known to exist: another node may have dropped it.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _known.Clear();
        }
    }

    /// <summary>The days that have a partition, ascending; 0 is the undated one.</summary>
    public static async Task<IReadOnlyList<long>> DaysAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var list = new NpgsqlCommand(
            """SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = '"Calls"'::regclass""", connection);
        await using var reader = await list.ExecuteReaderAsync(cancellation);
        var days = new List<long>();
        while (await reader.ReadAsync(cancellation))
        {
            var suffix = reader.GetString(0)["Calls_".Length..];
            days.Add(DateOnly.TryParseExact(suffix, "yyyyMMdd", out var date) ? date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber : 0);
        }

        days.Sort();
        return days;
    }

    private static string Name(string table, long day) => day == 0
        ? $"{table}_undated"
        : $"{table}_{DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays((int)day).ToString("yyyyMMdd", CultureInfo.InvariantCulture)}";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private bool IsKnown(long day)
    {
        lock (_lock)
        {
            return _known.Contains(day);
        }
    }
}
