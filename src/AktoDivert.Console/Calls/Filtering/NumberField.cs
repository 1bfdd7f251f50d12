using System.Linq.Expressions;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Calls.Filtering;

/// <summary>A number: all comparisons, ranges as <c>200..299</c>, and <c>4xx</c> for the hundred.</summary>
internal abstract class NumberField(string name, string meaning, string example, bool isTime)
    : FilterField(name, meaning, example)
{
    private const string Range = "..";

    public override string? Check(FilterOperator how, IReadOnlyList<string> values) =>
        values.FirstOrDefault(v => !(TryRead(v, out _) || (how is FilterOperator.Has or FilterOperator.Exactly && TryRange(v, out _, out _)))) is { } bad
            ? $"\"{bad}\" is no {(isTime ? "time, such as 250ms, 2s or 1m" : "number, such as 400, 4k or 1.5MB")}; write for example {Example}."
            : null;

    /// <summary>The condition that the number lies between two, both included; either may be infinite.</summary>
    protected abstract Expression<Func<CallRow, bool>> Between(double from, double to);

    protected override Expression<Func<CallRow, bool>> One(FilterOperator how, string value, DateTimeOffset now)
    {
        if (TryRange(value, out var from, out var to))
        {
            return Between(from, to);
        }

        TryRead(value, out var number);
        return how switch
        {
            FilterOperator.Above => Between(double.BitIncrement(number), double.PositiveInfinity),
            FilterOperator.AtLeast => Between(number, double.PositiveInfinity),
            FilterOperator.Below => Between(double.NegativeInfinity, double.BitDecrement(number)),
            FilterOperator.AtMost => Between(double.NegativeInfinity, number),
            _ => Between(number, number),
        };
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
