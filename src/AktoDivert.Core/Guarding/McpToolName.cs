namespace AktoDivert.Core.Guarding;

/// <summary>
/// A tool of an MCP server. Apps offer it to a model under the name <c>mcp__server__tool</c>, where the server has the name of the app's own configuration;
/// where the Model Context Protocol itself passes by, the server is the host called.
/// </summary>
/// <param name="Server">The server; never with <c>__</c>.</param>
/// <param name="Tool">The tool, as the server names it.</param>
public readonly record struct McpToolName(string Server, string Tool)
{
    private const string Prefix = "mcp__";
    private const string Separator = "__";

    /// <summary>Reads the name under which a tool is offered; null for a tool of the app itself.</summary>
    public static McpToolName? Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var end = name.StartsWith(Prefix, StringComparison.Ordinal) ? name.IndexOf(Separator, Prefix.Length, StringComparison.Ordinal) : -1;
        return end > Prefix.Length && end + Separator.Length < name.Length ? new McpToolName(name[Prefix.Length..end], name[(end + Separator.Length)..]) : null;
    }

    /// <summary>The name with its server, as apps write it.</summary>
    public override string ToString() => $"{Prefix}{Server}{Separator}{Tool}";
}
