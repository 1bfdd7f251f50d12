namespace AktoDivert.Core.Guarding;

/// <summary>One thing that a detector found. It holds no content of the call: <see cref="Evidence"/> is masked.</summary>
public sealed record Finding
{
    /// <summary>Kind of detector: <c>secret</c>, <c>pii</c>, <c>prompt_injection</c>, ...</summary>
    public required string Detector { get; init; }

    /// <summary>Id of the rule within the detector.</summary>
    public required string Rule { get; init; }

    /// <summary>What was found: <c>aws-access-key</c>, <c>iban</c>, ...</summary>
    public required string Entity { get; init; }

    /// <summary>How sure the detector is: 0 to 1.</summary>
    public double Score { get; init; } = 1;

    /// <summary>The policy's severity.</summary>
    public FindingSeverity Severity { get; init; }

    /// <summary>What was found, masked: enough to recognise, too little to use.</summary>
    public string Evidence { get; init; } = "";

    /// <summary>Where the text stood, for example <c>messages[2].content</c>; empty for the whole body.</summary>
    public string Location { get; init; } = "";

    /// <summary>SHA-256 of what was found, hex: what an exception of kind <c>hash</c> names; null for whole messages.</summary>
    public string? Hash { get; init; }

    /// <summary>Whether the policy only monitors: <see cref="Verdict"/> is then what it would have done.</summary>
    public bool Monitor { get; init; }

    /// <summary>Offset of the mask in the redacted text at <see cref="Location"/>, in UTF-16 units.</summary>
    public int Offset { get; init; }

    /// <summary>Its length in UTF-16 units.</summary>
    public int Length { get; init; }

    /// <summary>Name of the policy.</summary>
    public string Policy { get; init; } = "";

    /// <summary>Version of the policy.</summary>
    public long PolicyVersion { get; init; }

    /// <summary>What the policy says to it.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>Whether it stood in what the app sent, or in the answer.</summary>
    public bool FromApp { get; init; } = true;
}
