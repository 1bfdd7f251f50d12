using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Calls.Filtering;

/// <summary>Values that occur, for completion: read from the newest calls at most every half minute.</summary>
internal sealed class KnownValues(IDbContextFactory<ConsoleDb> databases, TimeProvider time) : IDisposable
{
    private const int Newest = 5000;
    private const int Most = 200;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private IReadOnlyDictionary<string, IReadOnlyList<string>> _known = new Dictionary<string, IReadOnlyList<string>>();
    private DateTimeOffset _readAt = DateTimeOffset.MinValue;

    /// <summary>Values by field, sorted.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ReadAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            if (time.GetUtcNow() - _readAt > Fresh)
            {
                _known = await QueryAsync(cancellation);
                _readAt = time.GetUtcNow();
            }

            return _known;
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> QueryAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.Calls.AsNoTracking().OrderByDescending(c => c.Seq).Take(Newest)
            .Select(c => new { c.App, c.Process, c.Host, c.Model, c.User, c.Device, c.Method, c.Protocol, c.PathFamily }).Distinct().ToListAsync(cancellation);
        IReadOnlyList<string> Of(Func<IEnumerable<string>, IEnumerable<string>> order, params IEnumerable<string>[] columns) =>
            [.. order(columns.SelectMany(c => c).Where(v => v.Length > 0).Distinct(StringComparer.Ordinal)).Take(Most)];
        IEnumerable<string> Sorted(IEnumerable<string> values) => values.Order(StringComparer.OrdinalIgnoreCase);
        return new Dictionary<string, IReadOnlyList<string>>
        {
            ["app"] = Of(Sorted, rows.Select(r => r.App), rows.Select(r => r.Process)),
            ["host"] = Of(Sorted, rows.Select(r => r.Host)),
            ["model"] = Of(Sorted, rows.Select(r => r.Model)),
            ["user"] = Of(Sorted, rows.Select(r => r.User)),
            ["device"] = Of(Sorted, rows.Select(r => r.Device)),
            ["method"] = Of(Sorted, rows.Select(r => r.Method)),
            ["protocol"] = Of(Sorted, rows.Select(r => r.Protocol)),
            ["path"] = Of(Sorted, rows.Select(r => r.PathFamily)),
        };
    }
}
