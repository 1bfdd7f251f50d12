using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;

namespace AktoDivert.Agent.Hosting;

/// <summary>Everything <c>status</c> shows.</summary>
internal sealed record StatusReport
{
    /// <summary>Version of the agent.</summary>
    public required string Version { get; init; }

    /// <summary>Process id.</summary>
    public required int Pid { get; init; }

    /// <summary>When the agent started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Device label.</summary>
    public required string Device { get; init; }

    /// <summary>The redirect engine.</summary>
    public required EngineStatus Engine { get; init; }

    /// <summary>The policy in force.</summary>
    public required PolicyStatus Policy { get; init; }

    /// <summary>The guardrail policies in force.</summary>
    public GuardrailStatus Guardrails { get; init; } = new([], [], new Dictionary<string, long>());

    /// <summary>What was and was not inspected.</summary>
    public required CoverageStatus Coverage { get; init; }

    /// <summary>Records on their way to the console.</summary>
    public required UploadStatus Upload { get; init; }

    /// <summary>The device's certificate authority.</summary>
    public required AuthorityStatus Authority { get; init; }

    /// <summary>Passthroughs learned from apps.</summary>
    public IReadOnlyList<LearnedPassthrough> Learned { get; init; } = [];

    /// <summary>What the agent itself uses.</summary>
    public required ResourceStatus Resources { get; init; }

    /// <summary>All counters by name.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init; } = new Dictionary<string, long>();
}

/// <summary>State of the redirect engine.</summary>
/// <param name="Name">Engine name.</param>
/// <param name="State">A <see cref="RedirectorState"/>.</param>
/// <param name="Reason">Why it is not active; empty when it is.</param>
/// <param name="Fix">What to do about it.</param>
/// <param name="Listener">Ports of the proxy on 127.0.0.1 and ::1; 0 for none.</param>
/// <param name="Counters">Connection attempts since its start.</param>
internal sealed record EngineStatus(string Name, RedirectorState State, string Reason, string Fix, IReadOnlyList<int> Listener, RedirectCounters Counters);

/// <summary>The policy in force.</summary>
/// <param name="Version">Settings version of the console; 0 without one.</param>
/// <param name="Origin"><c>console</c>, <c>local</c> or <c>shipped</c>.</param>
/// <param name="Scope">Which processes are redirected.</param>
/// <param name="Patterns">Number of patterns.</param>
/// <param name="AiDomains">Number of AI domains.</param>
/// <param name="ChattyDomains">Number of chatty domains.</param>
/// <param name="Errors">Entries left out because they do not parse.</param>
internal sealed record PolicyStatus(long Version, string Origin, string Scope, int Patterns, int AiDomains, int ChattyDomains, IReadOnlyList<string> Errors);

/// <summary>The guardrails.</summary>
/// <param name="InForce">Policies in force, with what they do.</param>
/// <param name="Errors">Policies left out, and why.</param>
/// <param name="Verdicts">Verdicts other than allow since the start, by name.</param>
internal sealed record GuardrailStatus(IReadOnlyList<string> InForce, IReadOnlyList<string> Errors, IReadOnlyDictionary<string, long> Verdicts);

/// <summary>Flows by what happened to them.</summary>
/// <param name="Intercepted">Intercepted.</param>
/// <param name="Passthrough">Passed through, by the step that said so.</param>
/// <param name="Failed">Ended by a fault, by reason.</param>
/// <param name="QuicDenied">UDP sends and connects refused.</param>
/// <param name="Ech">ClientHellos with encrypted_client_hello.</param>
/// <param name="Opaque">Intercepted connections and WebSockets that were no longer understood at some point, by cause; their bytes passed on.</param>
internal sealed record CoverageStatus(
    long Intercepted,
    IReadOnlyDictionary<string, long> Passthrough,
    IReadOnlyDictionary<string, long> Failed,
    long QuicDenied,
    long Ech,
    IReadOnlyDictionary<string, long> Opaque);

/// <summary>Records on their way.</summary>
/// <param name="Console">Address of the console; empty when there is none.</param>
/// <param name="State">What the uploader is doing.</param>
/// <param name="LastError">Its last fault; empty when none.</param>
/// <param name="RingRecords">Calls in memory, made into records or not.</param>
/// <param name="SpoolRecords">Records on disk.</param>
internal sealed record UploadStatus(string Console, string State, string LastError, long RingRecords, long SpoolRecords);

/// <summary>The certificate authority.</summary>
/// <param name="Generation">Generation in force; 0 when there is none.</param>
/// <param name="Subject">Common name of its root.</param>
/// <param name="Expires">End of the root's validity.</param>
/// <param name="Stores">Trust stores by name, with their state.</param>
/// <param name="Error">Why there is none; empty when there is.</param>
internal sealed record AuthorityStatus(int Generation, string Subject, DateTimeOffset? Expires, IReadOnlyDictionary<string, string> Stores, string Error);

/// <summary>What the agent uses.</summary>
/// <param name="ResidentBytes">Memory in RAM.</param>
/// <param name="ManagedBytes">Of it the garbage-collected heap.</param>
/// <param name="CpuSeconds">CPU time since the start.</param>
internal sealed record ResourceStatus(long ResidentBytes, long ManagedBytes, double CpuSeconds);
