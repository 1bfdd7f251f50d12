using System.Text.Json;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Wire;

namespace AktoDivert.Capture.Records;

/// <summary>Brings what the guard said of an exchange into its record.</summary>
public static class JudgementRecord
{
    /// <summary>What <see cref="ToAudit(ExchangeJudgement)"/> gives for a clean call, as nearly every one is.</summary>
    internal static readonly AuditGuard CleanAudit = new() { Verdict = Lower(Verdict.Allow) };

    private static readonly string Clean = JsonSerializer.Serialize(new GuardrailVerdict { Violated = false }, WireJson.Default.GuardrailVerdict);

    /// <summary>All of it, for AktoDivert's console; null when the guard was not asked.</summary>
    public static AuditGuard? ToAudit(ExchangeJudgement judgement) =>
        !judgement.IsJudged && judgement.Unchecked is null ? null
        : IsClean(judgement) && judgement.Unchecked is null && judgement.Took == default ? CleanAudit
        : Audit(judgement);

    private static AuditGuard Audit(ExchangeJudgement judgement) => new()
    {
        Verdict = Lower(judgement.Verdict),
        Policy = judgement.Policy,
        Reason = judgement.Reason ?? "",
        Severity = judgement.Findings.Count == 0 ? "" : Lower(judgement.Findings.Max(static f => f.Severity)),
        Unchecked = BodyRenderer.Join(
            judgement.Unchecked, judgement.FindingsDropped == 0 ? null : $"{judgement.FindingsDropped} more findings were not kept"),
        Milliseconds = judgement.Took == default ? null : judgement.Took.TotalMilliseconds,
        Findings = [.. judgement.Findings.Select(ToAudit)],
    };

    /// <summary>The deciding finding as Akto's gateway writes it; null when the guard was not asked, or could not answer.</summary>
    public static string? ToAkto(ExchangeJudgement judgement)
    {
        if (!judgement.IsJudged)
        {
            return null;
        }

        if (IsClean(judgement))
        {
            return Clean;
        }

        var deciding = judgement.Findings.MaxBy(static f => ((int)f.Verdict * 8) + (int)f.Severity);
        var verdict = new GuardrailVerdict
        {
            Violated = judgement.Verdict != Verdict.Allow,
            Action = judgement.Verdict switch
            {
                Verdict.Alert => "alerted",
                Verdict.Warn => "warned",
                Verdict.Redact => "redacted",
                Verdict.Block => "blocked",
                _ => null,
            },
            Reason = judgement.Reason,
            Policy = judgement.Policy.Length > 0 ? judgement.Policy : deciding?.Policy,
            Rule = deciding?.Rule,
            Severity = deciding?.Severity.ToString().ToUpperInvariant(),
        };
        return JsonSerializer.Serialize(verdict, WireJson.Default.GuardrailVerdict);
    }

    private static bool IsClean(ExchangeJudgement judgement) =>
        judgement is { Verdict: Verdict.Allow, Reason: null, Policy: "", Findings.Count: 0 };

    private static AuditFinding ToAudit(Finding finding) => new()
    {
        Policy = finding.Policy,
        PolicyVersion = finding.PolicyVersion,
        Detector = finding.Detector,
        Rule = finding.Rule,
        Entity = finding.Entity,
        Score = finding.Score,
        Severity = Lower(finding.Severity),
        Action = Lower(finding.Verdict),
        Monitor = finding.Monitor,
        Direction = finding.FromApp ? "request" : "response",
        Where = finding.Location,
        Evidence = finding.Evidence,
        Hash = finding.Hash,
        Offset = finding.Offset,
        Length = finding.Length,
    };

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
