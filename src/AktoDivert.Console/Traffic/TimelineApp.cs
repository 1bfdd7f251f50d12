namespace AktoDivert.Console.Traffic;

/// <summary>An app's part of a <see cref="Timeline"/>.</summary>
/// <param name="App">Catalogue id, or process name; <see cref="Timeline.Others"/> for all that are not named.</param>
/// <param name="Counts">How many calls or flows of it began in each column.</param>
internal sealed record TimelineApp(string App, IReadOnlyList<int> Counts);
