namespace AktoDivert.Console.Calls;

/// <summary>A tool in a call.</summary>
/// <param name="Server">MCP server; empty for a tool of the app itself.</param>
/// <param name="Tool">Its name.</param>
/// <param name="Called">How often the answer called it; 0 when it was only offered.</param>
internal readonly record struct ToolUse(string Server, string Tool, int Called);
