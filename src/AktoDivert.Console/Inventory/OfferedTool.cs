using AktoDivert.Core.Guarding;

namespace AktoDivert.Console.Inventory;

/// <summary>A tool that a call offered to the model, and what Inventory decides about it.</summary>
/// <param name="Server">MCP server; empty for a tool of the app itself.</param>
/// <param name="Tool">Its name.</param>
/// <param name="IsDenied">Whether it may not be called now, by its own decision or its server's.</param>
public sealed record OfferedTool(string Server, string Tool, bool IsDenied)
{
    /// <summary>The name under which it was offered.</summary>
    public string Name => Server.Length > 0 ? new McpToolName(Server, Tool).ToString() : Tool;
}
