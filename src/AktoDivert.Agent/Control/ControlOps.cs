namespace AktoDivert.Agent.Control;

/// <summary>What a command may ask of the agent.</summary>
internal static class ControlOps
{
    /// <summary>Answers with <see cref="ControlResponse.Status"/>.</summary>
    public const string Status = "status";

    /// <summary>Answers with <see cref="ControlResponse.Flows"/>: the last flows, oldest first.</summary>
    public const string Flows = "flows";

    /// <summary>Answers once, then sends lines with <see cref="ControlResponse.Flow"/> or <see cref="ControlResponse.Call"/> until the command hangs up.</summary>
    public const string Tail = "tail";

    /// <summary>Answers with <see cref="ControlResponse.Explanation"/>.</summary>
    public const string Explain = "explain";

    /// <summary>Answers with <see cref="ControlResponse.Policy"/>.</summary>
    public const string Policy = "policy";

    /// <summary>Adds a pattern of this device.</summary>
    public const string PatternAdd = "pattern-add";

    /// <summary>Removes a pattern of this device.</summary>
    public const string PatternRemove = "pattern-remove";

    /// <summary>Adds a domain on this device.</summary>
    public const string DomainAdd = "domain-add";

    /// <summary>Removes a domain on this device.</summary>
    public const string DomainRemove = "domain-remove";

    /// <summary>Forgets a learned passthrough.</summary>
    public const string LearnedClear = "learned-clear";

    /// <summary>Keeps a learned passthrough for good.</summary>
    public const string LearnedPin = "learned-pin";
}
