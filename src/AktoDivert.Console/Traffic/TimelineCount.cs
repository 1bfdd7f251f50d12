namespace AktoDivert.Console.Traffic;

/// <summary>How many calls or flows of an app began at a time.</summary>
/// <param name="AtMs">Unix milliseconds, rounded down to the grain that was asked for.</param>
/// <param name="App">Catalogue id, or process name.</param>
/// <param name="Count">How many.</param>
internal sealed record TimelineCount(long AtMs, string App, int Count);
