using AktoDivert.Core.Guarding;

namespace AktoDivert.Console.Guardrails;

/// <summary>A call in which policies would have found something.</summary>
/// <param name="CallId">The call's id.</param>
/// <param name="StartedMs">Unix milliseconds.</param>
/// <param name="App">Catalogue id, or process name.</param>
/// <param name="Host">Where it went.</param>
/// <param name="Who">The person and the machine.</param>
/// <param name="Findings">What was found; at least one.</param>
public sealed record ReplayHit(string CallId, long StartedMs, string App, string Host, string Who, IReadOnlyList<Finding> Findings)
{
    /// <summary>The most severe that a policy says, if it bites or not.</summary>
    public Verdict Worst => Findings.Max(f => f.Verdict);
}
