using System.Linq.Expressions;
using AktoDivert.Console.Calls.Filtering;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Traffic;

/// <summary>The filter of calls applied to flows: terms that ask for what a flow has too apply to it, others are named as errors.</summary>
internal sealed record FlowFilter
{
    /// <summary>Conditions, all of which must hold.</summary>
    private IReadOnlyList<Expression<Func<FlowRow, bool>>> Conditions { get; init; } = [];

    /// <summary>What could not be understood of the text, or asks what only calls have; the rest applies all the same.</summary>
    public IReadOnlyList<FilterError> Errors { get; init; } = [];

    /// <summary>Reads a filter.</summary>
    public static FlowFilter Parse(string text, DateTimeOffset now)
    {
        var parsed = FilterText.Parse(text);
        var (conditions, errors) = (new List<Expression<Func<FlowRow, bool>>>(), parsed.Errors.ToList());
        foreach (var term in parsed.Terms)
        {
            if (Condition(term, now) is not { } condition)
            {
                errors.Add(new FilterError(term.Start, term.Length, $"{term.Field} is of calls: flows are not filtered by it."));
                continue;
            }

            conditions.Add(term.Negated ? Predicates.Not(condition) : condition);
        }

        return new FlowFilter { Conditions = conditions, Errors = errors };
    }

    /// <summary>Narrows a query.</summary>
    public IQueryable<FlowRow> Apply(IQueryable<FlowRow> flows) => Conditions.Aggregate(flows, (narrowed, condition) => narrowed.Where(condition));

    private static Expression<Func<FlowRow, bool>>? Condition(FilterTerm term, DateTimeOffset now) => FilterFields.Find(term.Field) is { } field
        ? OnFlows.Of(field.Condition(term, now))
        : Shown(term.Values[0]);

    private static Expression<Func<FlowRow, bool>> Shown(string word)
    {
        var like = TextField.Pattern(word, whole: false);
        return f => EF.Functions.Like(f.Host.ToLower(), like, @"\") || EF.Functions.Like(f.App.ToLower(), like, @"\")
            || EF.Functions.Like(f.Process.ToLower(), like, @"\") || EF.Functions.Like(f.Device.ToLower(), like, @"\")
            || EF.Functions.Like(f.User.ToLower(), like, @"\") || EF.Functions.Like(f.Rule.ToLower(), like, @"\")
            || EF.Functions.Like(f.Destination.ToLower(), like, @"\");
    }

    /// <summary>A condition on calls as one on flows: what both have is named alike, but for these.</summary>
    private sealed class OnFlows : ExpressionVisitor
    {
        private static readonly Dictionary<string, string> Renamed = new()
        {
            [nameof(CallRow.RequestBytes)] = nameof(FlowRow.BytesUp),
            [nameof(CallRow.ResponseBytes)] = nameof(FlowRow.BytesDown),
            [nameof(CallRow.Flow)] = nameof(FlowRow.Id),
        };

        private readonly ParameterExpression _flow = Expression.Parameter(typeof(FlowRow), "f");
        private bool _isOfCallsOnly;

        /// <summary>The condition, or null when it asks what only calls have.</summary>
        public static Expression<Func<FlowRow, bool>>? Of(Expression<Func<CallRow, bool>> condition)
        {
            var visitor = new OnFlows();
            var body = visitor.Visit(condition.Body);
            return visitor._isOfCallsOnly ? null : Expression.Lambda<Func<FlowRow, bool>>(body, visitor._flow);
        }

        protected override Expression VisitMember(MemberExpression node)
        {
            if (node.Expression?.Type != typeof(CallRow))
            {
                return base.VisitMember(node);
            }

            if (typeof(FlowRow).GetProperty(Renamed.GetValueOrDefault(node.Member.Name, node.Member.Name)) is { } property && property.PropertyType == node.Type)
            {
                return Expression.Property(_flow, property);
            }

            _isOfCallsOnly = true;
            return node;
        }
    }
}
