using System.Linq.Expressions;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Calls;

/// <summary>How a list of calls is sorted.</summary>
/// <param name="Column">Name of a <see cref="CallRow"/> property that can be sorted by; anything else means order of arrival.</param>
/// <param name="Descending">Whether the largest comes first.</param>
internal sealed record CallOrder(string Column, bool Descending)
{
    /// <summary>Newest first.</summary>
    public static CallOrder Newest { get; } = new("", true);

    private static readonly Dictionary<string, Expression<Func<CallRow, object?>>> Columns = new(StringComparer.Ordinal)
    {
        [nameof(CallRow.StartedMs)] = c => c.StartedMs,
        [nameof(CallRow.App)] = c => c.App,
        [nameof(CallRow.Host)] = c => c.Host,
        [nameof(CallRow.Path)] = c => c.Path,
        [nameof(CallRow.Model)] = c => c.Model,
        [nameof(CallRow.Device)] = c => c.Device,
        [nameof(CallRow.User)] = c => c.User,
        [nameof(CallRow.Process)] = c => c.Process,
        [nameof(CallRow.Pid)] = c => c.Pid,
        [nameof(CallRow.Status)] = c => c.Status,
        [nameof(CallRow.Protocol)] = c => c.Protocol,
        [nameof(CallRow.Rule)] = c => c.Rule,
        [nameof(CallRow.Verdict)] = c => c.Verdict,
        [nameof(CallRow.DurationMs)] = c => c.DurationMs,
        [nameof(CallRow.TtfbMs)] = c => c.TtfbMs,
        [nameof(CallRow.ResponseBytes)] = c => c.RequestBytes + c.ResponseBytes,
        [nameof(CallRow.OutputTokens)] = c => (c.InputTokens ?? 0) + (c.OutputTokens ?? 0),
    };

    /// <summary>Whether new calls come first, so that a list can follow arrivals.</summary>
    public bool Follows => !Columns.ContainsKey(Column);

    /// <summary>Sorts; calls that are alike stay in order of arrival.</summary>
    public IQueryable<CallRow> Apply(IQueryable<CallRow> calls)
    {
        if (!Columns.TryGetValue(Column, out var column))
        {
            return calls.OrderByDescending(c => c.Seq);
        }

        return Descending ? calls.OrderByDescending(column).ThenByDescending(c => c.Seq) : calls.OrderBy(column).ThenByDescending(c => c.Seq);
    }
}
