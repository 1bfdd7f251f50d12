namespace AktoDivert.Redirect.Flows;

/// <summary>What happened in a batch.</summary>
[Flags]
internal enum BatchOutcome
{
    /// <summary>All packets pass as they came.</summary>
    None = 0,

    /// <summary>A packet was turned round.</summary>
    Reflected = 1,

    /// <summary>A SYN is held.</summary>
    Held = 2,
}
