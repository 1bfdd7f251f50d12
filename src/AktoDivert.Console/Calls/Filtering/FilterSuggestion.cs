namespace AktoDivert.Console.Calls.Filtering;

/// <summary>A way to go on with a filter.</summary>
/// <param name="Text">The whole filter with the suggestion taken.</param>
/// <param name="Label">What is suggested.</param>
/// <param name="Meaning">What it means.</param>
internal sealed record FilterSuggestion(string Text, string Label, string Meaning);
