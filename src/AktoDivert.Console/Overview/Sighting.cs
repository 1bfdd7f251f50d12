namespace AktoDivert.Console.Overview;

/// <summary>Something seen for the first time.</summary>
/// <param name="Name">App or host.</param>
/// <param name="FirstMs">Unix milliseconds.</param>
/// <param name="Calls">Calls since.</param>
internal sealed record Sighting(string Name, long FirstMs, long Calls);
