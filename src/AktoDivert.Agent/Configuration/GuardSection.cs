using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Agent.Configuration;

/// <summary><c>guard</c>: guardrails of this device besides the console's.</summary>
internal sealed record GuardSection
{
    /// <summary>A file of guardrail policies; null for none. Read again when it changes.</summary>
    public string? PoliciesFile { get; init; }

    /// <summary>Tags of this device, which the scope of a policy may name.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>How long Akto's guardrail service may take for a verdict. 0.1 to 30 s.</summary>
    public TimeSpan RemoteTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>OTLP endpoint that the spans and metrics of AI calls are exported to; null for none.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Whether the spans hold prompts and answers, secrets masked.</summary>
    public bool OtlpContent { get; init; }

    /// <summary>Bounds and timers of the gates.</summary>
    public GateOptions Gate { get; init; } = new();
}
