using System.Linq.Expressions;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Calls.Filtering;

/// <summary>One of a few values, each with its condition.</summary>
internal sealed class ChoiceField(string name, string meaning, string example, IReadOnlyDictionary<string, Expression<Func<CallRow, bool>>> choices)
    : FilterField(name, meaning, example)
{
    public override IReadOnlyList<string> Choices { get; } = [.. choices.Keys];

    public override string? Check(FilterOperator how, IReadOnlyList<string> values)
    {
        if (how is not (FilterOperator.Has or FilterOperator.Exactly))
        {
            return $"{Name} is one of {string.Join(", ", Choices)}: write for example {Example}.";
        }

        return values.FirstOrDefault(v => !choices.ContainsKey(v.ToLowerInvariant())) is { } bad
            ? $"{Name} is one of {string.Join(", ", Choices)}, not \"{bad}\"."
            : null;
    }

    protected override Expression<Func<CallRow, bool>> One(FilterOperator how, string value, DateTimeOffset now) => choices[value.ToLowerInvariant()];
}
