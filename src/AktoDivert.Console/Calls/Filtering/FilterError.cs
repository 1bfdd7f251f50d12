namespace AktoDivert.Console.Calls.Filtering;

/// <summary>Something in a filter that cannot be understood; the rest still applies.</summary>
/// <param name="Start">Where it begins in the text, in characters.</param>
/// <param name="Length">Its length, in characters.</param>
/// <param name="Message">What is wrong and what to write instead.</param>
public sealed record FilterError(int Start, int Length, string Message);
