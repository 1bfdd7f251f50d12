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
