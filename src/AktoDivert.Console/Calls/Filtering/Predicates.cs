using System.Linq.Expressions;

namespace AktoDivert.Console.Calls.Filtering;

/// <summary>Puts conditions together so that the database evaluates them.</summary>
internal static class Predicates
{
    /// <summary>Applies a test to a column.</summary>
    public static Expression<Func<T, bool>> Of<T, TValue>(Expression<Func<T, TValue>> column, Expression<Func<TValue, bool>> test) =>
        Expression.Lambda<Func<T, bool>>(Replace(test.Body, test.Parameters[0], column.Body), column.Parameters);

    /// <summary>One of several holds.</summary>
    public static Expression<Func<T, bool>> Any<T>(IEnumerable<Expression<Func<T, bool>>> conditions) =>
        conditions.Aggregate((a, b) => Expression.Lambda<Func<T, bool>>(
            Expression.OrElse(a.Body, Replace(b.Body, b.Parameters[0], a.Parameters[0])), a.Parameters));

    /// <summary>It does not hold.</summary>
    public static Expression<Func<T, bool>> Not<T>(Expression<Func<T, bool>> condition) =>
        Expression.Lambda<Func<T, bool>>(Expression.Not(condition.Body), condition.Parameters);

    private static Expression Replace(Expression body, ParameterExpression parameter, Expression by) => new Replacement(parameter, by).Visit(body);

    private sealed class Replacement(ParameterExpression parameter, Expression by) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == parameter ? by : base.VisitParameter(node);
    }
}
