namespace AktoDivert.Core.Guarding;

/// <summary>How bad a finding is, by its policy.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing.</summary>
    Low,

    /// <summary>Worth looking at.</summary>
    Medium,

    /// <summary>Worth acting on.</summary>
    High,

    /// <summary>Worth waking somebody.</summary>
    Critical,
}
