using System.Linq.Expressions;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Calls.Filtering;

/// <summary>A number: all comparisons, ranges as <c>200..299</c>, and <c>4xx</c> for the hundred.</summary>
internal sealed class NumberField(string name, string meaning, string example, bool isTime, Expression<Func<CallRow, double?>> column)
    : FilterField(name, meaning, example)
{
    private const string Range = "..";

    public override string? Check(FilterOperator how, IReadOnlyList<string> values) =>
        values.FirstOrDefault(v => !(TryRead(v, out _) || (how is FilterOperator.Has or FilterOperator.Exactly && TryRange(v, out _, out _)))) is { } bad
            ? $"\"{bad}\" is no {(isTime ? "time, such as 250ms, 2s or 1m" : "number, such as 400, 4k or 1.5MB")}; write for example {Example}."
            : null;

    protected override Expression<Func<CallRow, bool>> One(FilterOperator how, string value, DateTimeOffset now)
    {
        if (TryRange(value, out var from, out var to))
        {
            return Predicates.Of(column, n => n >= from && n <= to);
        }

        TryRead(value, out var number);
        return Predicates.Of<CallRow, double?>(column, how switch
        {
            FilterOperator.Above => n => n > number,
            FilterOperator.AtLeast => n => n >= number,
            FilterOperator.Below => n => n < number,
            FilterOperator.AtMost => n => n <= number,
            _ => n => n == number,
        });
    }

    private bool TryRead(string text, out double value) => isTime ? FilterUnits.TryTime(text, out value) : FilterUnits.TryCount(text, out value);

    private bool TryRange(string text, out double from, out double to)
    {
        (from, to) = (0, 0);
        if (text is [>= '1' and <= '9' and var hundred, 'x' or 'X', 'x' or 'X'])
        {
            (from, to) = ((hundred - '0') * 100, ((hundred - '0') * 100) + 99);
            return true;
        }

        var at = text.IndexOf(Range, StringComparison.Ordinal);
        return at > 0 && TryRead(text[..at], out from) && TryRead(text[(at + Range.Length)..], out to);
    }
}
