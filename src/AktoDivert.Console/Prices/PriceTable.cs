using AktoDivert.Console.Audit;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Prices;

/// <summary>What models cost. The shipped prices are list prices of 2025, meant to be edited.</summary>
internal sealed class PriceTable(IDbContextFactory<ConsoleDb> databases, AuditLog audit, TimeProvider time)
{
    private const int LongestModel = 128;
    private const double Highest = 100_000;

    // US dollars for a million tokens: input, output, read from cache, written to cache.
    private static readonly (string Model, double Input, double Output, double CacheRead, double CacheWrite)[] Shipped =
    [
        ("claude-opus-4", 15, 75, 1.5, 18.75), ("claude-sonnet-4", 3, 15, 0.3, 3.75), ("claude-3-5-haiku", 0.8, 4, 0.08, 1),
        ("gpt-5", 1.25, 10, 0.125, 1.25), ("gpt-5-mini", 0.25, 2, 0.025, 0.25), ("gpt-5-nano", 0.05, 0.4, 0.005, 0.05),
        ("gpt-4.1", 2, 8, 0.5, 2), ("gpt-4o", 2.5, 10, 1.25, 2.5), ("gpt-4o-mini", 0.15, 0.6, 0.075, 0.15), ("o3", 2, 8, 0.5, 2),
        ("gemini-2.5-pro", 1.25, 10, 0.31, 1.25), ("gemini-2.5-flash", 0.3, 2.5, 0.075, 0.3),
    ];

    private volatile IReadOnlyList<PriceRow> _current = [];

    /// <summary>The prices, by model.</summary>
    public IReadOnlyList<PriceRow> Current => _current;

    /// <summary>Reads the stored prices; stores the shipped ones when there are none.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (!await db.Prices.AnyAsync(cancellation))
        {
            db.Prices.AddRange(Shipped.Select(p => new PriceRow
            {
                Model = p.Model, Input = p.Input, Output = p.Output, CacheRead = p.CacheRead, CacheWrite = p.CacheWrite, UpdatedBy = "shipped", UpdatedMs = NowMs(),
            }));
            await db.SaveChangesAsync(cancellation);
        }

        _current = await db.Prices.AsNoTracking().OrderBy(p => p.Model).ToListAsync(cancellation);
    }

    /// <summary>Sets the price of the models whose name begins with <paramref name="model"/>; prices are dollars for a million tokens.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> PutAsync(
        string model, double input, double output, double cacheRead, double cacheWrite, Actor by, CancellationToken cancellation)
    {
        model = model.Trim().ToLowerInvariant();
        if (model.Length is 0 or > LongestModel)
        {
            return $"A model's name has 1 to {LongestModel} characters.";
        }

        if (new[] { input, output, cacheRead, cacheWrite }.Any(p => p is not (>= 0 and <= Highest)))
        {
            return $"A price is a number of dollars from 0 to {Highest:0} for a million tokens.";
        }

        await using (var db = await databases.CreateDbContextAsync(cancellation))
        {
            var row = await db.Prices.FindAsync([model], cancellation);
            if (row is null)
            {
                row = new PriceRow { Model = model, UpdatedBy = "" };
                db.Prices.Add(row);
            }

            (row.Input, row.Output, row.CacheRead, row.CacheWrite) = (input, output, cacheRead, cacheWrite);
            (row.UpdatedBy, row.UpdatedMs) = (by.Name, NowMs());
            audit.Add(db, by, "price.put", model, FormattableString.Invariant($"{input} {output} {cacheRead} {cacheWrite}"));
            await db.SaveChangesAsync(cancellation);
        }

        await LoadAsync(cancellation);
        return null;
    }

    /// <summary>Deletes a price; false when there is none.</summary>
    public async Task<bool> DeleteAsync(string model, Actor by, CancellationToken cancellation)
    {
        await using (var db = await databases.CreateDbContextAsync(cancellation))
        {
            if (await db.Prices.FindAsync([model], cancellation) is not { } row)
            {
                return false;
            }

            db.Prices.Remove(row);
            audit.Add(db, by, "price.delete", model);
            await db.SaveChangesAsync(cancellation);
        }

        await LoadAsync(cancellation);
        return true;
    }

    /// <summary>What a call cost in dollars; null when its tokens or its model's price are unknown.</summary>
    public double? Cost(CallRow call)
    {
        if ((call.InputTokens ?? call.OutputTokens) is null || Of(call.Model) is not { } price)
        {
            return null;
        }

        var (read, written) = (call.CacheReadTokens ?? 0, call.CacheWriteTokens ?? 0);
        var plain = Math.Max((call.InputTokens ?? 0) - read - written, 0);
        return ((plain * price.Input) + (read * price.CacheRead) + (written * price.CacheWrite) + ((call.OutputTokens ?? 0) * price.Output)) / 1_000_000;
    }

    private PriceRow? Of(string model) => _current.Where(p => model.StartsWith(p.Model, StringComparison.OrdinalIgnoreCase)).MaxBy(p => p.Model.Length);

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
