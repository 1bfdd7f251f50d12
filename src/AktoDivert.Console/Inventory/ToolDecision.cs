namespace AktoDivert.Console.Inventory;

/// <summary>What is decided about an MCP server or tool.</summary>
/// <param name="State">Whether it may be called.</param>
/// <param name="Reason">Why, for people; at most 1000 characters. Kept with an allowance, and of every decision in the audit log.</param>
/// <param name="Until">When an allowance ends; null: never. Then what holds without it holds again.</param>
public sealed record ToolDecision(ToolState State = ToolState.Undecided, string Reason = "", DateTimeOffset? Until = null)
{
    /// <summary>Whether it is an allowance that has not ended.</summary>
    public bool Allows(DateTimeOffset now) => State == ToolState.Allowed && !(Until <= now);
}
