namespace AktoDivert.Console.Calls.Filtering;

/// <summary>One condition of a filter.</summary>
/// <param name="Field">Name of the field; empty for a word that anything shown may contain.</param>
/// <param name="Operator">How it compares.</param>
/// <param name="Values">One is enough.</param>
/// <param name="Negated">Whether it must not hold.</param>
/// <param name="Start">Where it begins in the text, in characters.</param>
/// <param name="Length">Its length, in characters.</param>
internal sealed record FilterTerm(string Field, FilterOperator Operator, IReadOnlyList<string> Values, bool Negated, int Start, int Length);
