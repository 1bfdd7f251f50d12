using AktoDivert.Core.Policy;

namespace AktoDivert.Agent.Explaining;

/// <summary>What would happen to a connection, and by which rule.</summary>
internal sealed record Explanation
{
    /// <summary>The process asked about.</summary>
    public required string Process { get; init; }

    /// <summary>Host asked about, in canonical form; the address when none.</summary>
    public required string Host { get; init; }

    /// <summary>Port asked about.</summary>
    public required int Port { get; init; }

    /// <summary>Path asked about; null when none.</summary>
    public string? Path { get; init; }

    /// <summary>Whether the process is redirected at all.</summary>
    public required bool Selected { get; init; }

    /// <summary>The selector that matched, or why none did.</summary>
    public required string SelectedBy { get; init; }

    /// <summary>Catalogue id; empty when the process belongs to no app.</summary>
    public string App { get; init; } = "";

    /// <summary>Who added the app and who switched it on: <c>shipped</c>, <c>of the organisation</c>; null when the process belongs to no app.</summary>
    public string? AppOrigin { get; init; }

    /// <summary>What happens once redirected.</summary>
    public required InterceptAction Action { get; init; }

    /// <summary>Step of the order that decided.</summary>
    public required RuleSource Source { get; init; }

    /// <summary>The rule's text.</summary>
    public required string Rule { get; init; }

    /// <summary>The decision in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>The whole order.</summary>
    public required IReadOnlyList<ExplainedStep> Steps { get; init; }

    /// <summary>Whether a call to the path is recorded; null without a path or when not intercepted.</summary>
    public bool? Captured { get; init; }

    /// <summary>The rule about the path; empty when the connection's own decision stands.</summary>
    public string? PathRule { get; init; }

    /// <summary><c>agent</c>: the policy in force; <c>files</c>: the policy a start of the agent would put in force.</summary>
    public string From { get; init; } = "agent";
}

/// <summary>One step of the policy order.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Name">What it looks at.</param>
/// <param name="Outcome"><c>no match</c>, <c>decides</c> or <c>not reached</c>.</param>
internal sealed record ExplainedStep(int Number, string Name, string Outcome);
