namespace AktoDivert.Console.Storage;

/// <summary>An administrator's latest word on a learned passthrough.</summary>
internal sealed class LearnedOverrideRow
{
    public required string Process { get; set; }

    public required string Host { get; set; }

    /// <summary><c>clear</c> or <c>pin</c>.</summary>
    public required string Action { get; set; }

    /// <summary>Unix seconds; agents apply each override once and tell them apart by it.</summary>
    public long AtSeconds { get; set; }
}
