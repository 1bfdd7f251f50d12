namespace AktoDivert.Console.Api;

/// <summary>Body that adds or changes a Proxy Pattern.</summary>
/// <param name="Pattern">Its text.</param>
/// <param name="Mode">True intercepts, false bypasses.</param>
internal sealed record PatternEntry(string Pattern, bool Mode);
