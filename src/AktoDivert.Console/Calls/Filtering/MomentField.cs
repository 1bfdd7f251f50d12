using System.Linq.Expressions;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Calls.Filtering;

/// <summary>From or until a moment.</summary>
internal sealed class MomentField(string name, string meaning, string example, Func<long, Expression<Func<CallRow, bool>>> condition)
    : FilterField(name, meaning, example)
{
    public override IReadOnlyList<string> Choices => ["1h", "24h", "7d", "today", "yesterday"];

    public override string? Check(FilterOperator how, IReadOnlyList<string> values)
    {
        if (how is not (FilterOperator.Has or FilterOperator.Exactly) || values.Count > 1)
        {
            return $"{Name} takes one moment: write for example {Example}.";
        }

        return FilterUnits.TryMoment(values[0], DateTimeOffset.UnixEpoch.AddYears(100), out _)
            ? null
            : $"\"{values[0]}\" is no moment: write 30m, 2h, 7d, today, 2026-11-25 or 2026-11-25T14:30 (UTC).";
    }

    protected override Expression<Func<CallRow, bool>> One(FilterOperator how, string value, DateTimeOffset now)
    {
        FilterUnits.TryMoment(value, now, out var moment);
        return condition(moment.ToUnixTimeMilliseconds());
    }
}
