using System.Linq.Expressions;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Calls.Filtering;

/// <summary>A number of any size, or none.</summary>
internal sealed class MeasureField(string name, string meaning, string example, bool isTime, Expression<Func<CallRow, double?>> column)
    : NumberField(name, meaning, example, isTime)
{
    protected override Expression<Func<CallRow, bool>> Between(double from, double to) => (double.IsInfinity(from), double.IsInfinity(to)) switch
    {
        (true, _) => Predicates.Of(column, n => n <= to),
        (_, true) => Predicates.Of(column, n => n >= from),
        _ => Predicates.Of(column, n => n >= from && n <= to),
    };
}
