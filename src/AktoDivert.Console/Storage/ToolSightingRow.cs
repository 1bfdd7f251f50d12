namespace AktoDivert.Console.Storage;

/// <summary>A tool that an app on a device offered to a model, and how often the model called it.</summary>
internal sealed class ToolSightingRow
{
    public required string DeviceId { get; set; }

    public required string App { get; set; }

    /// <summary>MCP server; empty for a tool of the app itself.</summary>
    public required string Server { get; set; }

    public required string Tool { get; set; }

    /// <summary>Calls whose request offered it.</summary>
    public long Offered { get; set; }

    /// <summary>How often an answer called it.</summary>
    public long Called { get; set; }

    /// <summary>Unix milliseconds by this console's clock.</summary>
    public long FirstMs { get; set; }

    /// <summary>Unix milliseconds by this console's clock.</summary>
    public long LastMs { get; set; }
}
