namespace AktoDivert.Core.Content;

/// <summary>How far a body could be decoded, from best to worst.</summary>
public enum DecodeOutcome
{
    /// <summary>Wholly, as far as the coding tells: .NET's gzip and deflate end quietly where the input ends early.</summary>
    Complete,

    /// <summary>Up to the limit of inflated bytes.</summary>
    OverLimit,

    /// <summary>Up to where the input is damaged, or ends early.</summary>
    Damaged,

    /// <summary>Not at all: an unknown coding, or zstd without its library.</summary>
    Unsupported,
}
