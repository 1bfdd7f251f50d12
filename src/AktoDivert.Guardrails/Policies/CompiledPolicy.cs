using AktoDivert.Core.Guarding;
using AktoDivert.Core.Guarding.Policies;

namespace AktoDivert.Guardrails.Policies;

/// <summary>A policy, ready to run.</summary>
internal sealed class CompiledPolicy
{
    /// <summary>The document.</summary>
    public required GuardrailPolicy Source { get; init; }

    /// <summary>Whose calls it judges.</summary>
    public required ScopeMatcher Scope { get; init; }

    /// <summary>What happens instead where redaction is impossible.</summary>
    public Verdict CannotRedact { get; init; }

    /// <summary>Whether what cannot be judged is refused.</summary>
    public bool FailClosed { get; init; }

    /// <summary>Whether the whole history is scanned each time.</summary>
    public bool AllHistory { get; init; }

    /// <summary>Severity.</summary>
    public FindingSeverity Severity { get; init; }

    /// <summary>What it looks for.</summary>
    public CompiledDetector[] Detectors { get; init; } = [];

    /// <summary>What it overlooks.</summary>
    public IReadOnlyList<CompiledException> Exceptions { get; init; } = [];

    /// <summary>Whether it may do more than record.</summary>
    public bool Bites => !Source.Monitor && (FailClosed || Array.Exists(Detectors, static d => d.Action > Verdict.Alert));

    /// <summary>Whether it looks at texts.</summary>
    public bool LooksAtTexts => Array.Exists(Detectors, static d => d.Set >= 0);

    /// <summary>Whether it looks at anything but texts.</summary>
    public bool LooksAtFacts => Array.Exists(Detectors, static d => d.Set < 0);

    /// <summary>Whether a call is judged at all.</summary>
    public bool Applies(in CallSubject subject, string path, DateTimeOffset now) =>
        Scope.Matches(subject) && (Exceptions.Count == 0 || !IsExcepted(path, subject.User, now));

    /// <summary>
    /// Whether a tool may not be called; it is named alone or with its server. Of what denies it and the exceptions that match, the longer name decides, so that
    /// a tool may be allowed of a server that is denied, and denied of one that is allowed.
    /// </summary>
    public bool Denies(CompiledDetector detector, McpToolName tool, DateTimeOffset now)
    {
        var denied = Longest(detector.Source.Deny ?? [], tool);
        if (denied == 0 && (detector.Source.Allow is not { Count: > 0 } allow || Longest(allow, tool) > 0))
        {
            return false;
        }

        var excepted = Longest([.. Exceptions.Where(e => e.Kind == "tool" && e.Holds(now)).Select(e => e.Value)], tool);
        return excepted == 0 || excepted < denied;
    }

    /// <summary>The detectors by which a tool may not be called.</summary>
    public IEnumerable<CompiledDetector> Denying(McpToolName tool, DateTimeOffset now) =>
        Detectors.Where(detector => detector.Type == DetectorType.McpTools && Denies(detector, tool, now));

    private static int Longest(IReadOnlyList<string> patterns, McpToolName tool) =>
        patterns.Where(p => Wildcard.Matches(p, tool.Tool) || Wildcard.Matches(p, tool.ToString())).Select(p => p.Length).DefaultIfEmpty().Max();

    private bool IsExcepted(string path, string user, DateTimeOffset now)
    {
        foreach (var exception in Exceptions)
        {
            if (exception.Holds(now) && exception.Covers(path, user))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What the person is told. Never content of the call.</summary>
    public string Reason(string found) =>
        Source.Message is { Length: > 0 } message ? message : $"Blocked by the policy \"{Source.Name}\": {found}.";
}
