namespace AktoDivert.Core.Guarding;

/// <summary>What a guard says of a message, from mildest to most severe.</summary>
public enum Verdict
{
    /// <summary>Nothing to object to.</summary>
    Allow,

    /// <summary>Recorded; the app notices nothing.</summary>
    Alert,

    /// <summary>Blocked once; the identical resubmission passes.</summary>
    Warn,

    /// <summary>Passed with the offending text masked.</summary>
    Redact,

    /// <summary>Refused, with the reason.</summary>
    Block,
}
