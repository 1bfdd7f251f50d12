using AktoDivert.Console.Calls;
using AktoDivert.Console.Prices;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Sessions;

/// <summary>Puts calls together to conversations. Lists look at the newest calls only, so that their cost does not grow with what is stored.</summary>
internal sealed class SessionQuery(IDbContextFactory<ConsoleDb> databases, CallQuery calls, PriceTable prices)
{
    /// <summary>How many of the newest calls a list looks at.</summary>
    public const int Newest = 5000;

    private const int MostTurns = 500;

    /// <summary>Conversations among the newest calls, the latest first.</summary>
    public async Task<IReadOnlyList<Session>> ListAsync(Actor by, CancellationToken cancellation) =>
        [.. (await NewestAsync(cancellation)).Where(c => c.ConversationId.Length > 0).GroupBy(c => (c.DeviceId, c.ConversationId))
            .Select(g => Of(g.Key.ConversationId, calls.Open([.. g], by))).OrderByDescending(s => s.LastMs)];

    /// <summary>A conversation and its calls, oldest first; null when there is none.</summary>
    public async Task<(Session Session, IReadOnlyList<CallRow> Calls)?> FindAsync(string id, Actor by, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = calls.Open(
            await db.Calls.AsNoTracking().Where(c => c.ConversationId == id).OrderBy(c => c.Seq).Take(MostTurns).ToListAsync(cancellation), by);
        return rows.Count == 0 ? null : (Of(id, rows), rows);
    }

    /// <summary>Use by user, app or model among the newest calls, the most tokens first.</summary>
    public async Task<IReadOnlyList<UseShare>> ShareAsync(Func<CallRow, string> by, CancellationToken cancellation) =>
        [.. (await NewestAsync(cancellation)).Where(c => c.Model.Length > 0 && by(c).Length > 0).GroupBy(by).Select(g => new UseShare(
            g.Key, g.Count(), g.Sum(Tokens), g.Sum(c => prices.Cost(c) ?? 0), (double)g.Count(IsError) / g.Count(),
            Quantile([.. g.Select(c => c.DurationMs)], 0.5), Quantile([.. g.Select(c => c.DurationMs)], 0.95)))
            .OrderByDescending(u => u.Tokens)];

    private async Task<List<CallRow>> NewestAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Calls.AsNoTracking().OrderByDescending(c => c.Seq).Take(Newest).ToListAsync(cancellation);
    }

    private Session Of(string id, IReadOnlyList<CallRow> rows)
    {
        var ordered = rows.OrderBy(c => c.StartedMs).ToList();
        var costs = ordered.Select(prices.Cost).Where(c => c is not null).ToList();
        var first = ordered[0];
        return new Session(
            id, first.App.Length > 0 ? first.App : first.Process, first.User, first.Device,
            [.. ordered.Select(c => c.Model).Where(m => m.Length > 0).Distinct(StringComparer.Ordinal)],
            ordered.Find(c => c.Prompt.Length > 0)?.Prompt ?? "", ordered.Count, ordered.Sum(c => c.ToolCalls), ordered.Sum(c => c.InputTokens ?? 0),
            ordered.Sum(c => c.OutputTokens ?? 0), costs.Count == 0 ? null : costs.Sum(), ordered.Sum(c => c.Findings), ordered.Count(IsError),
            Quantile([.. ordered.Select(c => c.DurationMs)], 0.5), first.StartedMs, ordered.Max(c => c.StartedMs + (long)c.DurationMs));
    }

    private static long Tokens(CallRow call) => (call.InputTokens ?? 0) + (call.OutputTokens ?? 0);

    private static bool IsError(CallRow call) => call.Status is >= 400 or 0;

    private static double Quantile(List<double> values, double share)
    {
        values.Sort();
        return values[Math.Min((int)(share * values.Count), values.Count - 1)];
    }
}
