using AktoDivert.Core.Content;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Wire;

namespace AktoDivert.Core.Exchanges;

/// <summary>What the guard said of an exchange, all its decisions together. Not thread-safe.</summary>
#pragma warning disable CA1001 // What is rented goes back when it is cleared.
public sealed class ExchangeJudgement
#pragma warning restore CA1001
{
    /// <summary>Most findings kept of an exchange; further ones are counted.</summary>
    public const int MaxFindings = 256;

    private readonly List<Finding> _findings = [];

    /// <summary>Whether the guard judged it, so that nobody needs to do it again.</summary>
    public bool IsJudged { get; set; }

    /// <summary>The most severe verdict.</summary>
    public Verdict Verdict { get; private set; }

    /// <summary>Its reason, for a person; null when there is none.</summary>
    public string? Reason { get; private set; }

    /// <summary>The policy that decided; empty when none did.</summary>
    public string Policy { get; private set; } = "";

    /// <summary>The AI call that was recognised, an <see cref="AuditAiCall"/> in JSON; empty when none was.</summary>
    public ByteBuffer Call { get; } = new(int.MaxValue);

    /// <summary>Time that judging the request or the app's messages took; zero when it was not measured.</summary>
    public TimeSpan Took { get; set; }

    /// <summary>Whether the app got a block answer in place of what it or the server sent.</summary>
    public bool Blocked { get; private set; }

    /// <summary>What was found, by every policy and in both directions.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Findings beyond <see cref="MaxFindings"/>.</summary>
    public int FindingsDropped { get; private set; }

    /// <summary>
    /// Why the exchange, or part of it, passed or was refused without the guard's verdict: it failed, or took too long; null otherwise.
    /// </summary>
    public string? Unchecked { get; set; }

    /// <summary>Whether there is nothing to say of it: it was not judged, or found clean as a whole.</summary>
    public bool IsPlain => this is { Verdict: Verdict.Allow, Reason: null, Policy: "", Blocked: false, FindingsDropped: 0, Unchecked: null } && _findings.Count == 0;

    /// <summary>Makes it a plain one.</summary>
    /// <param name="isJudged"><see cref="IsJudged"/>.</param>
    /// <param name="took"><see cref="Took"/>.</param>
    /// <param name="call">What <see cref="Call"/> is to hold.</param>
    public void Load(bool isJudged, TimeSpan took, ReadOnlySpan<byte> call)
    {
        Clear();
        (IsJudged, Took) = (isJudged, took);
        Call.Append(call);
    }

    /// <summary>Adds a decision.</summary>
    public void Add(GuardDecision decision)
    {
        IsJudged = true;
        if (decision.Verdict > Verdict || (decision.Verdict == Verdict && Reason is null))
        {
            (Verdict, Reason, Policy) = (decision.Verdict, decision.Reason, decision.Policy);
        }

        Blocked |= decision.Blocks;
        Unchecked ??= decision.Unchecked;
        foreach (var finding in decision.Findings)
        {
            if (_findings.Count < MaxFindings)
            {
                _findings.Add(finding);
            }
            else
            {
                FindingsDropped++;
            }
        }
    }

    /// <summary>Makes it empty and usable again.</summary>
    public void Clear()
    {
        _findings.Clear();
        (IsJudged, Verdict, Reason, Policy, Blocked, FindingsDropped) = (false, Verdict.Allow, null, "", false, 0);
        (Unchecked, Took) = (null, default);
        Call.Dispose();
    }
}
