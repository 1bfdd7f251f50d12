namespace AktoDivert.Console.Storage;

/// <summary>A guardrail policy.</summary>
internal sealed class GuardrailPolicyRow
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public bool Enabled { get; set; }

    /// <summary>The policy as agents read it: a JSON object.</summary>
    public required string Document { get; set; }

    /// <summary>Grows by one with every change of the policy.</summary>
    public int Version { get; set; }

    public required string UpdatedBy { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long UpdatedMs { get; set; }
}
