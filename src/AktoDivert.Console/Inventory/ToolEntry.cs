namespace AktoDivert.Console.Inventory;

/// <summary>A tool over all devices.</summary>
/// <param name="Server">MCP server; empty for a tool of the app itself.</param>
/// <param name="Tool">Its name.</param>
/// <param name="Apps">Apps that offered it.</param>
/// <param name="Devices">How many devices.</param>
/// <param name="Offered">Calls that offered it.</param>
/// <param name="Called">How often a model called it.</param>
/// <param name="FirstMs">Unix milliseconds.</param>
/// <param name="LastMs">Unix milliseconds.</param>
/// <param name="Decision">What was decided about the tool itself.</param>
/// <param name="IsDenied">Whether it may not be called now, by its own decision or its server's.</param>
public sealed record ToolEntry(
    string Server, string Tool, IReadOnlyList<string> Apps, int Devices, long Offered, long Called, long FirstMs, long LastMs,
    ToolDecision Decision, bool IsDenied);
