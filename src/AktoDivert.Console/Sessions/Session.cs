namespace AktoDivert.Console.Sessions;

/// <summary>A conversation over its calls.</summary>
/// <param name="Id">Conversation id.</param>
/// <param name="App">Catalogue id, or process name.</param>
/// <param name="User">Login name.</param>
/// <param name="Device">Device label.</param>
/// <param name="Models">Models that answered.</param>
/// <param name="FirstPrompt">What the person asked first; empty when unknown.</param>
/// <param name="Calls">How many calls.</param>
/// <param name="ToolCalls">How many tools were called.</param>
/// <param name="InputTokens">Tokens read.</param>
/// <param name="OutputTokens">Tokens written.</param>
/// <param name="Cost">US dollars; null when no call's price is known.</param>
/// <param name="Findings">What guardrails found.</param>
/// <param name="Errors">Calls that failed.</param>
/// <param name="MedianMs">Median duration of its calls.</param>
/// <param name="FirstMs">Unix milliseconds of the first call.</param>
/// <param name="LastMs">Unix milliseconds of the last call's end.</param>
internal sealed record Session(
    string Id, string App, string User, string Device, IReadOnlyList<string> Models, string FirstPrompt, int Calls, int ToolCalls, long InputTokens,
    long OutputTokens, double? Cost, int Findings, int Errors, double MedianMs, long FirstMs, long LastMs);
