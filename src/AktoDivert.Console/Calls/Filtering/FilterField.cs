using System.Linq.Expressions;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Calls.Filtering;

/// <summary>Something a filter can ask about.</summary>
/// <param name="name">Lower-case letters.</param>
/// <param name="meaning">A few words for people.</param>
/// <param name="example">A term that uses it.</param>
internal abstract class FilterField(string name, string meaning, string example)
{
    /// <summary>Name in the filter.</summary>
    public string Name { get; } = name;

    /// <summary>A few words for people.</summary>
    public string Meaning { get; } = meaning;

    /// <summary>A term that uses it.</summary>
    public string Example { get; } = example;

    /// <summary>All values, when there are only a few; empty otherwise.</summary>
    public virtual IReadOnlyList<string> Choices => [];

    /// <summary>What is wrong with the operator or a value, or null.</summary>
    public abstract string? Check(FilterOperator how, IReadOnlyList<string> values);

    /// <summary>The condition of a term that <see cref="Check"/> passed, before negation.</summary>
    public Expression<Func<CallRow, bool>> Condition(FilterTerm term, DateTimeOffset now) =>
        Predicates.Any(term.Values.Select(v => One(term.Operator, v, now)));

    /// <summary>The condition for one value.</summary>
    protected abstract Expression<Func<CallRow, bool>> One(FilterOperator how, string value, DateTimeOffset now);
}
