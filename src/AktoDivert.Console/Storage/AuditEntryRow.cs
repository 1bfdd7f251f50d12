namespace AktoDivert.Console.Storage;

/// <summary>One line of the audit log: who changed or looked at what. Rows are only ever added.</summary>
internal sealed class AuditEntryRow
{
    public long Id { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long AtMs { get; set; }

    public required string Who { get; set; }

    public required string Role { get; set; }

    /// <summary>Address the request came from; empty for the console's own command line.</summary>
    public string Address { get; set; } = "";

    /// <summary>What was done, as <c>subject.verb</c>: <c>pattern.put</c>, <c>content.view</c>.</summary>
    public required string Action { get; set; }

    /// <summary>What it was done to.</summary>
    public string Target { get; set; } = "";

    /// <summary>More, for people; never a secret and never content.</summary>
    public string Detail { get; set; } = "";
}
