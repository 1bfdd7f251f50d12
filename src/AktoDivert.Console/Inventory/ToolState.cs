namespace AktoDivert.Console.Inventory;

/// <summary>The organisation's word on an MCP server or tool.</summary>
public enum ToolState
{
    /// <summary>Nobody decided yet: what holds for its server holds for a tool.</summary>
    Undecided = 0,

    /// <summary>May be called, also when its server is denied.</summary>
    Allowed = 1,

    /// <summary>Must not be called.</summary>
    Denied = 2,
}
