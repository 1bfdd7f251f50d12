using AktoDivert.Core.Guarding;

namespace AktoDivert.Console.Storage;

/// <summary>One finding of a guardrail in one call. Key: device and id.</summary>
internal sealed class ViolationRow
{
    public required string DeviceId { get; set; }

    /// <summary>Call id, a slash and the finding's number: a repeated upload meets its first one.</summary>
    public required string Id { get; set; }

    /// <summary>The call's id.</summary>
    public required string CallId { get; set; }

    /// <summary>Unix milliseconds of the call by the device's clock.</summary>
    public long AtMs { get; set; }

    /// <summary>Unix milliseconds of its arrival.</summary>
    public long ReceivedMs { get; set; }

    /// <summary>Name of the policy when the call was judged.</summary>
    public string Policy { get; set; } = "";

    /// <summary>Which detector: <c>pii</c>, <c>secrets</c>, <c>injection</c> and the like.</summary>
    public string Detector { get; set; } = "";

    /// <summary>Rule of the detector: <c>aws-access-key</c>.</summary>
    public string Rule { get; set; } = "";

    /// <summary>What it found: <c>credit_card</c>, <c>aws_access_key</c> and the like.</summary>
    public string Entity { get; set; } = "";

    public FindingSeverity Severity { get; set; }

    public Verdict Verdict { get; set; }

    /// <summary>Whether the policy only monitored: <see cref="Verdict"/> is then what it would have done.</summary>
    public bool Monitor { get; set; }

    /// <summary>Where the text stood in the body; empty for the whole of it.</summary>
    public string Location { get; set; } = "";

    /// <summary>Where it was found: <c>request</c> or <c>response</c>.</summary>
    public string Direction { get; set; } = "";

    /// <summary>The text found, masked by the agent.</summary>
    public string Evidence { get; set; } = "";

    /// <summary>SHA-256 of the text found, hex, as the agent gives it: an exception may name it; empty for whole messages.</summary>
    public string EvidenceHash { get; set; } = "";

    /// <summary>Confidence, 0 to 1.</summary>
    public double Score { get; set; }

    public string Device { get; set; } = "";

    public string User { get; set; } = "";

    public string App { get; set; } = "";

    public string Process { get; set; } = "";

    public string Host { get; set; } = "";

    public string Path { get; set; } = "";

    public string Model { get; set; } = "";

    public string ConversationId { get; set; } = "";

    public TriageState State { get; set; } = TriageState.Open;

    /// <summary>Sign-in name of whom it is assigned to; empty when nobody.</summary>
    public string Assignee { get; set; } = "";

    /// <summary>Unix milliseconds of the last change by a person; 0 when none.</summary>
    public long TriagedMs { get; set; }
}
