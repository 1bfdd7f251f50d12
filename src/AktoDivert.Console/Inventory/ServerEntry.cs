namespace AktoDivert.Console.Inventory;

/// <summary>An MCP server over all devices.</summary>
/// <param name="Server">The name in the apps' configurations, or the host.</param>
/// <param name="Tools">How many of its tools were seen.</param>
/// <param name="Apps">Apps that offered them.</param>
/// <param name="Called">How often they were called.</param>
/// <param name="LastMs">Unix milliseconds.</param>
/// <param name="Decision">What was decided about it as a whole.</param>
internal sealed record ServerEntry(string Server, int Tools, IReadOnlyList<string> Apps, long Called, long LastMs, ToolDecision Decision);
