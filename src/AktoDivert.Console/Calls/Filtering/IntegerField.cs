using System.Linq.Expressions;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Calls.Filtering;

/// <summary>A whole number. It is compared as such, so that the database knows how rare a value is and finds it by an index of the column.</summary>
internal sealed class IntegerField(string name, string meaning, string example, Expression<Func<CallRow, int>> column)
    : NumberField(name, meaning, example, isTime: false)
{
    protected override Expression<Func<CallRow, bool>> Between(double from, double to)
    {
        var (least, most) = (Math.Ceiling(from), Math.Floor(to));
        if (least > most || least > int.MaxValue || most < int.MinValue)
        {
            return c => false;
        }

        var (low, high) = ((int)Math.Max(least, int.MinValue), (int)Math.Min(most, int.MaxValue));
        return (low, high) switch
        {
            (int.MinValue, _) => Predicates.Of(column, n => n <= high),
            (_, int.MaxValue) => Predicates.Of(column, n => n >= low),
            _ when low == high => Predicates.Of(column, n => n == low),
            _ => Predicates.Of(column, n => n >= low && n <= high),
        };
    }
}
