namespace AktoDivert.Console.Settings;

/// <summary>What is wrong with update rings.</summary>
/// <param name="Field">Where: <c>rings</c>, or <c>rings[1].version</c>.</param>
/// <param name="Problem">What, and the way out, as a sentence.</param>
internal sealed record RingFault(string Field, string Problem);
