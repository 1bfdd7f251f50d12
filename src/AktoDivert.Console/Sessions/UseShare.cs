namespace AktoDivert.Console.Sessions;

/// <summary>What a user, app or model used.</summary>
/// <param name="Name">Which.</param>
/// <param name="Calls">How many calls.</param>
/// <param name="Tokens">Tokens, both ways.</param>
/// <param name="Cost">US dollars, of the calls whose price is known.</param>
/// <param name="ErrorRate">Share of calls that failed, 0 to 1.</param>
/// <param name="MedianMs">Half of the calls were faster.</param>
/// <param name="SlowMs">95 of 100 calls were faster.</param>
internal sealed record UseShare(string Name, int Calls, long Tokens, double Cost, double ErrorRate, double MedianMs, double SlowMs);
