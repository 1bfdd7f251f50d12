namespace AktoDivert.Console.Overview;

/// <summary>What an app did in one hour.</summary>
/// <param name="HourMs">Unix milliseconds of the hour's begin.</param>
/// <param name="App">Catalogue id, or process name.</param>
/// <param name="Calls">Calls that began in it.</param>
/// <param name="Tokens">Tokens of those, both ways.</param>
/// <param name="Errors">Of the calls, those that failed.</param>
internal sealed record CallsPerHour(long HourMs, string App, long Calls, long Tokens, long Errors);
