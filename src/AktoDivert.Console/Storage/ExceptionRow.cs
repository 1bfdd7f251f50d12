namespace AktoDivert.Console.Storage;

/// <summary>What guardrails let pass, until it expires.</summary>
internal sealed class ExceptionRow
{
    public required string Id { get; set; }

    public ExceptionKind Kind { get; set; }

    /// <summary>The phrase, hash, path or user.</summary>
    public required string Value { get; set; }

    /// <summary>Name of the policy that it concerns; empty for all.</summary>
    public string Policy { get; set; } = "";

    public string Reason { get; set; } = "";

    public required string AddedBy { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long AddedMs { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long ExpiresMs { get; set; }

    /// <summary>Violation it was made from; empty when from none.</summary>
    public string ViolationId { get; set; } = "";
}
